// This module is preloaded into the launched script. If the launcher is killed with SIGKILL, the IPC channel closes,
// and this module ends the script. Removes LOAD_SUITE_LAUNCHED from the environment, so that the module does nothing in
// processes that the script starts.
if (process.env.LOAD_SUITE_LAUNCHED && process.channel) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
delete process.env.LOAD_SUITE_LAUNCHED;
