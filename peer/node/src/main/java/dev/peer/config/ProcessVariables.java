package dev.peer.config;

import java.util.Map;

/** The variables of this process, and below them the settings of its user's file. */
final class ProcessVariables {

  private static Map<String, String> read;

  private ProcessVariables() {}

  /** Reads the file at the first call: the settings of a process do not change while it runs. */
  static synchronized Map<String, String> get() throws ConfigException {
    if (read == null) {
      read = UserFile.layered(System.getenv());
    }
    return read;
  }
}
