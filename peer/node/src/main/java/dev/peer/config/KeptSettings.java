package dev.peer.config;

import dev.peer.core.id.TrunkName;
import dev.peer.core.record.KeptOrigin;
import java.util.Optional;

/**
 * Whose kept disks a run may start from. Never of {@code .env}: a branch would choose for itself.
 *
 * @param trunk the branch that everybody has accepted, where it is named
 * @param widest the origin that a disk may have at most
 */
public record KeptSettings(Optional<TrunkName> trunk, KeptOrigin widest) {

  /** Reads them. */
  public static KeptSettings of(Settings settings) throws ConfigException {
    return new KeptSettings(
        settings.read(
            Setting.PEER_TRUNK,
            TrunkName::new,
            "a branch of origin, or the full name of a branch's ref",
            "main"),
        settings
            .valueOrDefault(Setting.PEER_KEPT)
            .read(KeptSettings::widest, "trunk, history or any", "history"));
  }

  private static KeptOrigin widest(String text) {
    KeptOrigin origin = KeptOrigin.parse(text);
    ValueForms.require(!origin.within(KeptOrigin.LAYERS));
    return origin;
  }
}
