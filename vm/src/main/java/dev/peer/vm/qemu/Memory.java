package dev.peer.vm.qemu;

import java.io.IOException;
import java.nio.file.Path;

/** Where a machine's memory is. */
public sealed interface Memory {

  /** Its size in MiB. */
  long mebibytes();

  /** The same memory with its file as QEMU names it. */
  default Memory through(HostFiles files) throws IOException {
    return switch (this) {
      case Anonymous anonymous -> anonymous;
      case Frozen frozen -> frozen;
      case Shared shared -> new Shared(shared.mebibytes, files.write(shared.file));
      // QEMU 7.2 opens it for writing even then.
      case Clone clone -> new Clone(clone.mebibytes, files.write(clone.file));
    };
  }

  /** In the process alone: the machine boots. */
  record Anonymous(long mebibytes) implements Memory {}

  /** In the process alone: the machine waits for the memory and state of a frozen one. */
  record Frozen(long mebibytes) implements Memory {}

  /** In a file that keeps all writes: the machine boots, to become a template. */
  record Shared(long mebibytes, Path file) implements Memory {}

  /**
   * In a file that is read and never written: the machine waits for the state of the template that
   * the file belongs to.
   */
  record Clone(long mebibytes, Path file) implements Memory {}
}
