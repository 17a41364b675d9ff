package dev.peer.source;

import dev.peer.core.flow.GuestDirectory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;

/** A directory of this machine, as the guest sees one of its disk. */
record DirectoryOnDisk(Path path) implements GuestDirectory {

  @Override
  public GuestDirectory directory(byte[] name, Instant modified) throws IOException {
    return new DirectoryOnDisk(Files.createDirectory(at(name)));
  }

  @Override
  public Entry file(byte[] name, Mode mode, Instant modified, Content content) throws IOException {
    Path file = at(name);
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      content.writeTo(out);
    }
    String permissions =
        switch (mode) {
          case PLAIN -> "rw-r--r--";
          case EXECUTABLE -> "rwxr-xr-x";
          case READ_ONLY -> "r--r--r--";
        };
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    Files.setLastModifiedTime(file, FileTime.from(modified));
    return entry(file);
  }

  @Override
  public Entry link(byte[] name, byte[] target, Instant modified) throws IOException {
    String leadsTo = new String(target, StandardCharsets.UTF_8);
    return entry(Files.createSymbolicLink(at(name), Path.of(leadsTo)));
  }

  private Path at(byte[] name) {
    return path.resolve(new String(name, StandardCharsets.UTF_8));
  }

  private static Entry entry(Path file) throws IOException {
    long inode = (long) Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    long size = (long) Files.getAttribute(file, "size", LinkOption.NOFOLLOW_LINKS);
    return new Entry(inode, size);
  }
}
