package dev.peer.cli.machine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.json.JsonTree;
import dev.peer.network.ImageTrust;
import dev.peer.network.ImageTrust.Voucher;
import dev.peer.vm.image.ImageStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lists the guest images of this machine, how each came here, and who vouches for it. */
record ImageList(ImageTrust trust) {

  private static final long MEBIBYTE = 1 << 20;

  /** For people, a line each. */
  List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    for (ImageStore.Entry image : trust.images().list()) {
      lines.add(
          "%s  %s  %d MiB  %s; %s"
              .formatted(
                  image.digest(),
                  image.created().toInstant(),
                  image.bytes() / MEBIBYTE,
                  image.origin(),
                  trust.of(image.digest())));
    }
    return lines;
  }

  /** For programs. */
  String json() throws IOException {
    ObjectNode answer = JsonTree.object();
    ArrayNode images = answer.putArray("images");
    for (ImageStore.Entry image : trust.images().list()) {
      ObjectNode entry = images.addObject();
      entry.put("digest", image.digest().toString());
      entry.put("created", image.created().toInstant().toString());
      entry.put("bytes", image.bytes());
      entry.put("origin", image.origin().name().toLowerCase(Locale.ROOT));
      switch (trust.of(image.digest())) {
        case Voucher.Nobody _ -> {}
        case Voucher.Member(var signer) -> entry.put("signer", signer.text());
        case Voucher.Refused(String why) -> entry.put("refused", why);
      }
    }
    return new String(JsonTree.bytes(answer), StandardCharsets.UTF_8);
  }
}
