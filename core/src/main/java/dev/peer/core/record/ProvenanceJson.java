package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.CommitId;
import java.util.List;

/** The JSON form of a run's provenance in evidence of version 2. */
public final class ProvenanceJson {

  private ProvenanceJson() {}

  /** The stated provenance as a JSON object. */
  public static ObjectNode write(Provenance.Stated stated) {
    ObjectNode json = StrictJson.object();
    ObjectNode startedFrom = json.putObject("startedFrom");
    startedFrom.put("origin", stated.startedFrom().origin().toString());
    ArrayNode commits = startedFrom.putArray("commits");
    stated.startedFrom().commits().forEach(commit -> commits.add(commit.hex()));
    RuntimeIdJson.write(startedFrom, stated.startedFrom().runtimes());
    PreparationJson.writeNetwork(json.putObject("preparationNetwork"), stated.preparationNetwork());
    json.put("mk", stated.mk());
    json.put("agent", stated.agent());
    json.set("tries", stated.tries().json());
    return json;
  }

  static Provenance.Stated read(StrictJson json) throws MalformedException {
    try {
      Provenance.Stated stated =
          new Provenance.Stated(
              readStartedFrom(json.object("startedFrom")),
              PreparationJson.readNetwork(json.object("preparationNetwork")),
              json.text("mk"),
              json.text("agent"),
              readTries(json.object("tries")));
      json.end();
      return stated;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static StartedFrom readStartedFrom(StrictJson json) throws MalformedException {
    KeptOrigin origin = json.value("origin", KeptOrigin::parse);
    List<CommitId> commits = json.values("commits", CommitId::new);
    List<RuntimeId> runtimes = RuntimeIdJson.read(json);
    json.end();
    return new StartedFrom(origin, commits, runtimes);
  }

  private static Tries readTries(StrictJson json) throws MalformedException {
    int passedAt = Math.toIntExact(Math.clamp(json.number("passedAt"), 0, Integer.MAX_VALUE));
    int allowed = Math.toIntExact(Math.clamp(json.number("allowed"), 0, Integer.MAX_VALUE));
    json.end();
    return new Tries(passedAt, allowed);
  }
}
