// Preloaded into the launched script: when the launcher is killed outright, nothing else would tell the script.
// The variable is taken out of the environment so that processes the script forks are left alone.
if (process.env.LOAD_SUITE_LAUNCHED && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
delete process.env.LOAD_SUITE_LAUNCHED;
