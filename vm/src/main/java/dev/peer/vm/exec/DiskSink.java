package dev.peer.vm.exec;

import java.io.IOException;
import java.nio.file.Path;

/** Takes a disk that a machine has left. */
@FunctionalInterface
public interface DiskSink {

  /**
   * Takes it.
   *
   * @param disk its file, with nothing below it; removed when this returns
   */
  void take(Path disk) throws IOException, InterruptedException;
}
