package dev.peer.vm.snapshot;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.util.regex.Pattern;

/** A frozen guest's description as JSON. */
final class FrozenGuestJson {

  static final int LARGEST = 1 << 16;

  private static final int FORMAT = 1;
  private static final Pattern NONCE = Pattern.compile("[0-9a-f]{32}");

  private FrozenGuestJson() {}

  static byte[] write(FrozenGuest guest) {
    FrozenGuest.Shape machine = guest.machine();
    ObjectNode json = JsonTree.object();
    json.put("format", FORMAT);
    json.put("repo", guest.stop().repo().text());
    json.put("tree", guest.stop().tree().hex());
    json.put("target", guest.stop().target());
    json.put("stage", guest.stop().stage());
    json.put("frozenAt", guest.frozenAt().toString());
    json.put("network", guest.network().toString());
    json.put("qemu", machine.qemu());
    json.put("accelerator", machine.accelerator());
    json.put("image", machine.image().toString());
    json.put("cpus", machine.sizes().cpus());
    json.put("memoryMebibytes", machine.sizes().memoryMebibytes());
    json.put("diskBytes", machine.sizes().diskBytes());
    json.put("inputBytes", machine.sizes().inputBytes());
    json.put("nonce", machine.nonce());
    return JsonTree.bytes(json);
  }

  static FrozenGuest parse(byte[] bytes) throws MalformedException {
    StrictJson json = StrictJson.parse("frozen guest", bytes);
    if (json.number("format") != FORMAT) {
      throw new MalformedException("frozen guest: only the format " + FORMAT + " is known here");
    }
    FrozenGuest guest =
        new FrozenGuest(
            new FrozenGuest.StopPoint(
                json.value("repo", RepoId::new),
                json.value("tree", TreeId::new),
                json.text("target"),
                json.text("stage")),
            json.instant("frozenAt"),
            json.value("network", NetworkMode::parse),
            new FrozenGuest.Shape(
                json.text("qemu"),
                json.text("accelerator"),
                json.value("image", Digest::parse),
                new FrozenGuest.Sizes(
                    Math.toIntExact(size(json, "cpus", Integer.MAX_VALUE)),
                    size(json, "memoryMebibytes", Integer.MAX_VALUE),
                    size(json, "diskBytes", Long.MAX_VALUE),
                    size(json, "inputBytes", Long.MAX_VALUE)),
                json.value("nonce", FrozenGuestJson::nonce)));
    json.end();
    return guest;
  }

  private static long size(StrictJson json, String field, long most) throws MalformedException {
    long size = json.number(field);
    if (size < 1 || size > most) {
      throw new MalformedException(
          "frozen guest." + field + ": a number of 1 or more was expected");
    }
    return size;
  }

  private static String nonce(String text) {
    if (!NONCE.matcher(text).matches()) {
      throw new IllegalArgumentException("32 hexadecimal digits were expected");
    }
    return text;
  }
}
