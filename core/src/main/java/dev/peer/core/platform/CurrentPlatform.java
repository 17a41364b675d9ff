package dev.peer.core.platform;

/** Chooses the platform, once in a process. */
final class CurrentPlatform {

  /**
   * For tests: with the value {@code other} a process on Linux does without what Linux alone has.
   */
  private static final String PROPERTY = "peer.platform";

  static final Platform VALUE =
      of(System.getProperty("os.name"), System.getProperty(PROPERTY, "own"));

  private CurrentPlatform() {}

  /**
   * Chooses one. Pure.
   *
   * @param system its name, as Java has it
   * @param asked {@code other}: not Linux, wherever this is
   */
  static Platform of(String system, String asked) {
    return system.equals("Linux") && !asked.equals("other")
        ? new LinuxPlatform()
        : new OtherPlatform(system);
  }
}
