package dev.peer.vm.qemu;

import java.nio.file.Path;

/** Where a machine's memory is. */
public sealed interface Memory {

  /** Its size in MiB. */
  long mebibytes();

  /** In the process alone: the machine boots. */
  record Anonymous(long mebibytes) implements Memory {}

  /** In the process alone: the machine waits for the memory and state of a frozen one. */
  record Frozen(long mebibytes) implements Memory {}

  /** In a file that keeps what is written to it: the machine boots, to become a template. */
  record Shared(long mebibytes, Path file) implements Memory {}

  /**
   * In a file that is read and never written: the machine waits for the state of the template that
   * the file belongs to.
   */
  record Clone(long mebibytes, Path file) implements Memory {}
}
