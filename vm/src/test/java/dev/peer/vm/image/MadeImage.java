package dev.peer.vm.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** An image whose files hold their name and the image's, such as {@code kernel a}. */
final class MadeImage {

  /** Makes of a manifest one of peer 0.5. */
  static final Consumer<ObjectNode> OLD =
      manifest -> {
        manifest.put("format", 1).put("protocol", 3);
        manifest.remove(List.of("mk", "agent"));
      };

  private MadeImage() {}

  static Digest in(Path root, String name, Consumer<ObjectNode> change) throws IOException {
    Path made = Files.createDirectory(root.resolve("made"));
    ObjectNode manifest = JsonTree.object();
    manifest.put("format", 2);
    manifest.put("architecture", "x86_64");
    manifest.put("protocol", 4);
    manifest.put("mk", "9base 1");
    manifest.put("agent", "4");
    manifest.put("kernelArguments", "quiet");
    ObjectNode files = manifest.putObject("files");
    for (String file : List.of("kernel", "initramfs", "root.erofs")) {
      byte[] content = (file + " " + name).getBytes(UTF_8);
      Files.write(made.resolve(file), content);
      ObjectNode entry = files.putObject(file);
      entry.put("sha256", Digest.of(content).hex());
      entry.put("size", content.length);
    }
    change.accept(manifest);
    byte[] bytes = JsonTree.bytes(manifest);
    Files.write(made.resolve("manifest.json"), bytes);
    Digest digest = Digest.of(bytes);
    Files.move(made, root.resolve(digest.hex()));
    return digest;
  }
}
