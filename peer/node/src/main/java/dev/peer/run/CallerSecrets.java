package dev.peer.run;

import dev.peer.config.Setting;
import dev.peer.core.flow.SecretSource;
import dev.peer.core.secret.RunSecrets;
import dev.peer.core.secret.SecretException;
import dev.peer.core.secret.SecretValue;
import dev.peer.core.secret.Secrets;
import dev.peer.home.HomeLayout;
import dev.peer.report.RunOutput;
import dev.peer.secret.SecretStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/** The secrets that a run names: the caller's values, else those kept here. */
public final class CallerSecrets implements SecretSource {

  private final RunTarget subject;
  private final Map<String, String> environment;
  private final RunOutput output;

  public CallerSecrets(RunTarget subject, Map<String, String> environment, RunOutput output) {
    this.subject = subject;
    this.environment = Map.copyOf(environment);
    this.output = output;
  }

  /** The secrets that are kept below a home. */
  public static SecretStore store(Path home) {
    return new SecretStore(new HomeLayout(home).secrets());
  }

  @Override
  public RunSecrets get() throws SecretException {
    SortedSet<String> test = subject.run().secrets();
    SortedSet<String> preparation = subject.run().prepareSecrets();
    Map<String, SecretValue> values = values(Setting.PEER_SECRETS, test);
    values.putAll(values(Setting.PEER_PREPARE_SECRETS, preparation));
    say(test, "the test");
    say(preparation, "the preparation");
    return RunSecrets.of(values, test, preparation);
  }

  /** Those of a preparation alone, which another revision's settings may name. */
  public RunSecrets ofPreparation(SortedSet<String> names) throws SecretException {
    return RunSecrets.ofPreparation(Secrets.of(values(Setting.PEER_PREPARE_SECRETS, names)));
  }

  private void say(SortedSet<String> names, String receiver) {
    if (!names.isEmpty()) {
      output.say("secrets passed to " + receiver + ": " + String.join(", ", names));
    }
  }

  private Map<String, SecretValue> values(Setting setting, SortedSet<String> names)
      throws SecretException {
    Map<String, SecretValue> values = new TreeMap<>();
    List<String> missing = new ArrayList<>();
    for (String name : names) {
      Optional<SecretValue> value =
          environment.containsKey(name) ? Optional.of(ofEnvironment(setting, name)) : kept(name);
      value.ifPresentOrElse(found -> values.put(name, found), () -> missing.add(name));
    }
    if (!missing.isEmpty()) {
      throw new SecretException(
          setting + " names " + String.join(", ", missing) + ", without a value here",
          "set the variable in the environment, or keep its value for this repository with `peer"
              + " secret set "
              + missing.getFirst()
              + "`");
    }
    return values;
  }

  private SecretValue ofEnvironment(Setting setting, String name) throws SecretException {
    try {
      return SecretValue.of(environment.get(name));
    } catch (IllegalArgumentException e) {
      throw new SecretException(
          setting + " names " + name + ", whose value in the environment " + e.getMessage(),
          HINT_ON_VALUES);
    }
  }

  /** The form of a value, for a caller that gave another. */
  public static final String HINT_ON_VALUES =
      "a secret is UTF-8 text of "
          + SecretValue.SHORTEST
          + " to "
          + SecretValue.LONGEST
          + " bytes; what everybody may read goes into PEER_ENV";

  private Optional<SecretValue> kept(String name) throws SecretException {
    try {
      return store(subject.peer().home()).find(subject.owner(), name);
    } catch (IOException e) {
      throw new SecretException(
          "the secret " + name + " cannot be read: " + e.getMessage(),
          "check the permissions of PEER_HOME/secrets");
    }
  }
}
