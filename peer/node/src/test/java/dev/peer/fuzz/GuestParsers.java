package dev.peer.fuzz;

import static dev.peer.fuzz.Parser.bytes;
import static dev.peer.fuzz.Parser.require;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.Artifact;
import dev.peer.core.record.ArtifactSink;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.RunFiles;
import dev.peer.core.sign.Attestation;
import dev.peer.vm.guest.ArtifactIntake;
import dev.peer.vm.guest.GuestAgent;
import dev.peer.vm.guest.GuestBytes;
import dev.peer.vm.guest.GuestException;
import dev.peer.vm.image.ImageArchive;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.image.Manifests;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** What guests say and leave, and the images that they boot from. */
final class GuestParsers {

  private static final String NONCE = "0".repeat(32);
  private static final List<String> FILES = List.of("kernel", "initramfs", "root.erofs");
  private static final byte[] MARKER = bytes(NONCE + "\n");

  private GuestParsers() {}

  static List<Parser> all() throws Exception {
    byte[] manifest = manifest();
    return List.of(
        Parser.of(
            "guest's answers",
            GuestException.class,
            GuestParsers::answers,
            List.of(
                bytes(
                    NONCE
                        + " hello 4\n"
                        + NONCE
                        + " info test note Zm9v\n"
                        + NONCE
                        + " exit test 0\n"),
                bytes(NONCE + " hello 4\n" + NONCE + " fail test no-rule bWs=\n"))),
        Parser.of(
            "guest's output",
            IOException.class,
            bytes ->
                require(Arrays.equals(GuestBytes.stages(bytes, MARKER), bytes), "every byte once"),
            List.of(bytes("out" + NONCE + "\nmore" + NONCE.substring(5)))),
        new Parser(
            "guest's artifacts",
            Set.of(MalformedException.class, IOException.class),
            GuestParsers::artifacts,
            List.of(tar("./report.txt", "fine"))),
        Parser.of(
            "image archive",
            ImageException.class,
            GuestParsers::imageArchive,
            List.of(
                archive(manifest, Optional.empty()),
                archive(manifest, Optional.of(Attestation.of(bytes("attested")))))),
        Parser.of("image manifest", MalformedException.class, Manifests::parse, List.of(manifest)));
  }

  /** The sockets' other ends say all that they say, and then nothing. */
  private static void answers(byte[] bytes) throws Exception {
    try (SocketChannel control = sends(bytes);
        SocketChannel stdout = sends(MARKER);
        SocketChannel stderr = sends(MARKER)) {
      GuestAgent agent = new GuestAgent(control, stdout, stderr, NONCE);
      agent.greet(Instant.EPOCH);
      agent.run("test", List.of(), (stream, buffer, offset, length) -> {});
    }
  }

  private static SocketChannel sends(byte[] bytes) throws IOException {
    Path directory = Scratch.directory();
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(address);
      SocketChannel host = SocketChannel.open(address);
      SocketChannel guest = listener.accept();
      Thread.ofVirtual().start(() -> say(guest, bytes));
      return host;
    } finally {
      Scratch.delete(directory);
    }
  }

  private static void say(SocketChannel guest, byte[] bytes) {
    try (guest) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        guest.write(buffer);
      }
      guest.shutdownOutput();
      ByteBuffer heard = ByteBuffer.allocate(1024);
      while (guest.read(heard.clear()) >= 0) {
        continue;
      }
    } catch (IOException e) {
      // The host has heard enough.
      return;
    }
  }

  private static void artifacts(byte[] bytes) throws Exception {
    Path directory = Scratch.directory();
    try {
      Path disk = Files.write(directory.resolve("disk"), bytes);
      RunFiles files = new RunFiles(Files.createDirectory(directory.resolve("files")));
      for (Artifact artifact : ArtifactIntake.take(disk, files, ArtifactSink.NONE).artifacts()) {
        switch (artifact) {
          case Artifact.File made -> {
            Path file = files.artifact(made).normalize();
            require(file.startsWith(files.artifacts()), "artifacts are below their directory");
            require(Files.size(file) == made.content().size(), "artifacts have their size");
            require(Files.size(file) <= bytes.length, "artifacts are no larger than the archive");
          }
          case Artifact.Link link -> {
            Path top = files.artifacts();
            Path target = top.resolve(link.path()).resolveSibling(link.target()).normalize();
            require(target.startsWith(top), "links stay among the artifacts");
          }
          case Artifact.Directory _ -> {}
        }
      }
    } finally {
      Scratch.delete(directory);
    }
  }

  private static void imageArchive(byte[] bytes) throws Exception {
    Path directory = Scratch.directory();
    try {
      ImageArchive.read(new ByteArrayInputStream(bytes), new ImageStore(directory));
    } finally {
      Scratch.delete(directory);
    }
  }

  private static byte[] archive(byte[] manifest, Optional<Attestation> attestation)
      throws Exception {
    Path directory = Scratch.directory();
    Digest digest = Digest.of(manifest);
    Path image = Files.createDirectory(directory.resolve(digest.hex()));
    Files.write(image.resolve("manifest.json"), manifest);
    for (String name : FILES) {
      Files.createFile(image.resolve(name));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageArchive.write(new ImageStore(directory).resolve(digest), attestation, bytes);
    return bytes.toByteArray();
  }

  private static byte[] tar(String name, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      TarArchiveEntry entry = new TarArchiveEntry(name);
      entry.setSize(content.length());
      entry.setModTime(0L);
      tar.putArchiveEntry(entry);
      tar.write(bytes(content));
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  private static byte[] manifest() {
    ObjectNode manifest = JsonTree.object();
    manifest.put("format", 2).put("architecture", "x86_64").put("protocol", 4);
    manifest.put("mk", "9base 1").put("agent", "4");
    manifest.put("kernelArguments", "quiet");
    ObjectNode files = manifest.putObject("files");
    for (String name : FILES) {
      files.putObject(name).put("sha256", Digest.of(new byte[0]).hex()).put("size", 0);
    }
    return JsonTree.bytes(manifest);
  }
}
