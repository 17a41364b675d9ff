package dev.peer.core.flow;

import dev.peer.core.secret.RunSecrets;
import dev.peer.core.secret.SecretException;

/** Gets the values of the secrets that a run is to have. Asked only when there is a run. */
@FunctionalInterface
public interface SecretSource {

  /**
   * The secrets, each with its value.
   *
   * @throws SecretException if a secret has no value, or one that cannot be passed
   */
  RunSecrets get() throws SecretException;
}
