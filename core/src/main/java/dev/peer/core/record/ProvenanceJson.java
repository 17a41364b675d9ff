package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.json.JsonTree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The JSON form of a run's provenance in evidence of version 2. */
public final class ProvenanceJson {

  private static final String STAGES = "stages";

  private ProvenanceJson() {}

  /** The stated provenance as a JSON object. */
  public static ObjectNode write(Provenance.Stated stated) {
    ObjectNode json = JsonTree.object();
    ObjectNode startedFrom = json.putObject("startedFrom");
    startedFrom.put("origin", stated.startedFrom().origin().toString());
    ArrayNode commits = startedFrom.putArray("commits");
    stated.startedFrom().commits().forEach(commit -> commits.add(commit.hex()));
    RuntimeIdJson.write(startedFrom, stated.startedFrom().runtimes());
    LayersJson.write(startedFrom, stated.startedFrom().layers());
    PreparationJson.writeNetwork(json.putObject("preparationNetwork"), stated.preparationNetwork());
    json.put("mk", stated.mk());
    json.put("agent", stated.agent());
    json.set("tries", stated.tries().json());
    writeStages(json, stated.stages());
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
              readTries(json.object("tries")),
              readStages(json));
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
    Optional<Digest> layers = LayersJson.read(json);
    json.end();
    return new StartedFrom(origin, commits, runtimes, layers);
  }

  private static Tries readTries(StrictJson json) throws MalformedException {
    int passedAt = Math.toIntExact(Math.clamp(json.number("passedAt"), 0, Integer.MAX_VALUE));
    int allowed = Math.toIntExact(Math.clamp(json.number("allowed"), 0, Integer.MAX_VALUE));
    json.end();
    return new Tries(passedAt, allowed);
  }

  private static void writeStages(ObjectNode json, StageTimes stages) {
    if (!stages.list().isEmpty()) {
      ArrayNode array = json.putArray(STAGES);
      stages
          .list()
          .forEach(
              stage ->
                  array
                      .addObject()
                      .put("name", stage.name())
                      .put("milliseconds", stage.took().toMillis()));
    }
  }

  private static StageTimes readStages(StrictJson json) throws MalformedException {
    if (!json.has(STAGES)) {
      return StageTimes.UNSTATED;
    }
    List<StageTimes.Stage> stages = new ArrayList<>();
    for (StrictJson stage : json.objects(STAGES)) {
      stages.add(
          new StageTimes.Stage(
              stage.text("name"), Duration.ofMillis(stage.number("milliseconds"))));
      stage.end();
    }
    if (stages.isEmpty()) {
      throw new MalformedException(STAGES + ": stages, or nothing, were expected");
    }
    return new StageTimes(stages);
  }
}
