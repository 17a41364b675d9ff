package dev.peer.vm.exec;

import dev.peer.core.id.Digest;
import dev.peer.core.record.FrameStream;
import dev.peer.vm.qemu.DiskBlocks;
import dev.peer.vm.snapshot.DiskName;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** The content of a prepared runtime: the blocks in use of a disk, in zstd frames. */
public final class RuntimeContent {

  private static final int BUFFER = 1 << 20;

  private RuntimeContent() {}

  /**
   * Writes the content of a disk, and reads it again to see that it is the disk's.
   *
   * @param disk its file, with nothing below it
   * @param content which does not exist yet
   */
  public static void write(Path disk, Path content) throws IOException {
    MessageDigest written = Digest.sha256();
    try (OutputStream file = Files.newOutputStream(content, StandardOpenOption.CREATE_NEW);
        OutputStream frames = new FrameStream(file);
        OutputStream out =
            new BufferedOutputStream(new DigestOutputStream(frames, written), BUFFER)) {
      DiskBlocks.write(disk, out);
    }
    try (InputStream in = FrameStream.read(Files.newInputStream(content))) {
      if (!Digest.of(in).equals(Digest.ofFinished(written))) {
        throw new IOException("what was compressed decompresses to other bytes");
      }
    }
  }

  /**
   * Makes a disk of some content, in which no more is in use than a kept disk may have.
   *
   * @param content the content, whose digest was checked
   * @param disk which does not exist yet
   */
  public static void read(Path content, Path disk, DiskName name) throws IOException {
    try (InputStream in = FrameStream.read(Files.newInputStream(content))) {
      DiskBlocks.read(in, disk, RunDisks.roundedUp(name.bytes()), name.bytes() / 2);
    }
  }
}
