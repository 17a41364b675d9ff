package dev.peer.config;

/**
 * The machine of a run, and what it may take. No run key counts it.
 *
 * @param cpus processors of the guest, at least 1
 * @param memory memory of the guest in bytes
 * @param disk scratch disk of the guest in bytes
 * @param timeout time limits of the run
 * @param maxOutput how many bytes of output of a stage are taken
 */
public record MachineSettings(
    int cpus, long memory, long disk, TimeLimits timeout, long maxOutput) {

  private static final int MOST_CPUS = 255;
  private static final int MOST_CPUS_BY_DEFAULT = 4;
  private static final long LEAST_MEMORY = 256L << 20;
  private static final long LEAST_DISK = 1L << 30;
  private static final long LEAST_OUTPUT = 1L << 10;
  private static final long MOST_OUTPUT = 1L << 30;

  /**
   * Reads them.
   *
   * @param processors how many the host has
   */
  static MachineSettings of(Settings settings, int processors) throws ConfigException {
    return new MachineSettings(
        cpus(settings, processors),
        size(settings, Setting.PEER_MEMORY, LEAST_MEMORY, "a size of at least 256M"),
        size(settings, Setting.PEER_DISK, LEAST_DISK, "a size of at least 1G"),
        timeout(settings),
        maxOutput(settings));
  }

  /** The more of both, but its own disk. */
  MachineSettings atLeast(MachineSettings other) {
    return new MachineSettings(
        Math.max(cpus, other.cpus),
        Math.max(memory, other.memory),
        disk,
        timeout.atLeast(other.timeout),
        Math.max(maxOutput, other.maxOutput));
  }

  private static int cpus(Settings settings, int processors) throws ConfigException {
    int cpus =
        settings
            .read(
                Setting.PEER_CPUS,
                text -> ValueForms.count(text, MOST_CPUS),
                "a number from 1 to " + MOST_CPUS,
                "2")
            .orElse(Math.clamp(processors, 1, MOST_CPUS_BY_DEFAULT));
    new EnvFileBounds(settings).requireWithin(Setting.PEER_CPUS, cpus);
    return cpus;
  }

  private static long size(Settings settings, Setting setting, long least, String expected)
      throws ConfigException {
    long size =
        settings
            .valueOrDefault(setting)
            .read(text -> atLeast(ValueForms.size(text), least), expected, setting.byDefault());
    new EnvFileBounds(settings).requireWithin(setting, size);
    return size;
  }

  private static long atLeast(long size, long least) {
    ValueForms.require(size >= least);
    return size;
  }

  private static TimeLimits timeout(Settings settings) throws ConfigException {
    Value value = settings.valueOrDefault(Setting.PEER_TIMEOUT);
    TimeLimits limits =
        TimeLimitsForm.read(value, ValueForms.duration(Setting.PEER_TIMEOUT.byDefault()));
    new EnvFileBounds(settings).requireWithin(value);
    return limits;
  }

  private static long maxOutput(Settings settings) throws ConfigException {
    long size =
        settings
            .valueOrDefault(Setting.PEER_MAX_OUTPUT)
            .read(
                MachineSettings::output,
                "a size from 1K to 1G",
                Setting.PEER_MAX_OUTPUT.byDefault());
    new EnvFileBounds(settings).requireWithin(Setting.PEER_MAX_OUTPUT, size);
    return size;
  }

  private static long output(String text) {
    long size = ValueForms.size(text);
    ValueForms.require(size >= LEAST_OUTPUT && size <= MOST_OUTPUT);
    return size;
  }
}
