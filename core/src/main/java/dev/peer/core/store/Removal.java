package dev.peer.core.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.RunKey;
import dev.peer.core.json.JsonTree;
import dev.peer.core.record.MalformedException;
import dev.peer.core.record.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A result that was removed from the store.
 *
 * @param repository whose it was, where that was known
 * @param key the run that it was kept for
 * @param bundleBytes the size of its bundle
 * @param kept when it was kept, or replayed last
 * @param removed when it was removed
 * @param why the reason
 */
public record Removal(
    Optional<RepoId> repository,
    RunKey key,
    long bundleBytes,
    Instant kept,
    Instant removed,
    Why why) {

  /** Why a result is removed. */
  public enum Why {
    /** There were newer ones, as many as are kept. */
    NUMBER("as many others came after it as are kept"),
    /** It was kept for as long as results are. */
    AGE("its time was over"),
    /** With the newer ones there was no room for it. */
    BYTES("those after it left no room"),
    /** It could not be verified any more. */
    REFUSED("it did not hold");

    private final String text;

    Why(String text) {
      this.text = text;
    }

    /** For people. */
    public String text() {
      return text;
    }
  }

  /** Reads one line of the store's record of them. */
  static Removal parse(String line) throws MalformedException {
    StrictJson object = StrictJson.parse("gone", line.getBytes(StandardCharsets.UTF_8));
    Removal gone =
        new Removal(
            object.optionalValue("repository", RepoId::new),
            object.value("runKey", RunKey::ofHex),
            object.number("bundleBytes"),
            object.instant("kept"),
            object.instant("removed"),
            object.value("why", text -> Why.valueOf(text.toUpperCase(Locale.ROOT))));
    object.end();
    return gone;
  }

  /** The form that {@link #parse} reads, without a line's end. */
  String line() {
    ObjectNode object = JsonTree.object();
    repository.ifPresent(repo -> object.put("repository", repo.text()));
    object.put("runKey", key.hex());
    object.put("bundleBytes", bundleBytes);
    object.put("kept", kept.toString());
    object.put("removed", removed.toString());
    object.put("why", why.name().toLowerCase(Locale.ROOT));
    return new String(JsonTree.bytes(object), StandardCharsets.UTF_8);
  }
}
