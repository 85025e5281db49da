// Preloaded into the launched script, to notice when the launcher was killed with SIGKILL.
// Removes the variable from the environment so that it does not affect processes that the script starts.
if (process.env.LOAD_SUITE_LAUNCHED && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
delete process.env.LOAD_SUITE_LAUNCHED;
