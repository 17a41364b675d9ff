package dev.peer.core.record;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.CommitId;
import dev.peer.core.id.Digest;
import dev.peer.core.id.RepoId;
import dev.peer.core.id.TreeId;
import dev.peer.core.json.JsonTree;
import dev.peer.core.key.ContainerLimits;
import dev.peer.core.key.NetworkMode;
import dev.peer.core.key.RunInputs;
import dev.peer.core.key.TestOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The JSON forms of a run record, each in one order of fields: reading and writing it gives the
 * same. Version 1 is of a run of {@link Provenance.Unstated}, version 2 of {@link
 * Provenance.Stated}.
 */
public final class RunRecordJson {

  private RunRecordJson() {}

  /** The record as a JSON object, of the version that fits its provenance. */
  public static ObjectNode write(RunRecord record) {
    ObjectNode json = JsonTree.object();
    json.set("inputs", writeInputs(record.inputs()));
    json.put("exitCode", record.exitCode());
    json.put("startedAt", record.startedAt().toString());
    json.put("finishedAt", record.finishedAt().toString());
    json.put("containerImage", record.containerImage());
    json.put("containerImageId", record.containerImageId());
    record.secretNames().forEach(json.putArray("secretNames")::add);
    json.put("accelerator", record.accelerator());
    json.put("cpus", record.cpus());
    json.put("memoryBytes", record.memoryBytes());
    switch (record.provenance()) {
      case Provenance.Unstated() -> {}
      case Provenance.Stated stated -> json.set("provenance", ProvenanceJson.write(stated));
    }
    json.set("stdout", write(record.output().stdout()));
    json.set("stderr", write(record.output().stderr()));
    json.set("timing", write(record.output().timing()));
    switch (record.artifacts()) {
      case Artifacts.Listed(List<Artifact> list) -> {
        ArrayNode artifacts = json.putArray("artifacts");
        list.stream().map(ArtifactManifest::write).forEach(artifacts::add);
      }
      case Artifacts.Manifested(int count, long contentBytes, Content manifest) ->
          json.putObject("artifactManifest")
              .put("count", count)
              .put("contentBytes", contentBytes)
              .setAll(write(manifest));
    }
    record.tests().ifPresent(tests -> json.set("tests", tests.json()));
    return json;
  }

  /** Reads a record of version 1; the object is read to its end. */
  public static RunRecord readV1(StrictJson json) throws MalformedException {
    RunRecord record = read(json, new Provenance.Unstated());
    if (!hasPlainFilesOnly(record.artifacts())) {
      throw new MalformedException("artifacts: evidence of version 1 has plain files only");
    }
    return record;
  }

  /** Reads a record of version 2; the object is read to its end. */
  public static RunRecord readV2(StrictJson json) throws MalformedException {
    return read(json, ProvenanceJson.read(json.object("provenance")));
  }

  private static RunRecord read(StrictJson json, Provenance provenance) throws MalformedException {
    RunInputs inputs = readInputs(json.object("inputs"), provenance instanceof Provenance.Stated);
    int exitCode = Math.toIntExact(Math.clamp(json.number("exitCode"), -1, 256));
    Instant startedAt = json.instant("startedAt");
    Instant finishedAt = json.instant("finishedAt");
    String containerImage = json.text("containerImage");
    String containerImageId = json.text("containerImageId");
    List<String> secretNames = json.values("secretNames", RunInputs::requireName);
    String accelerator = json.text("accelerator");
    int cpus = Math.toIntExact(Math.clamp(json.number("cpus"), 1, Integer.MAX_VALUE));
    long memoryBytes = json.number("memoryBytes");
    TestOutput output =
        new TestOutput(
            readContent(json.object("stdout")),
            readContent(json.object("stderr")),
            readContent(json.object("timing")));
    Artifacts artifacts = readArtifacts(json);
    Optional<TestCounts> tests =
        provenance instanceof Provenance.Stated && json.has("tests")
            ? Optional.of(TestCounts.read(json.object("tests")))
            : Optional.empty();
    json.end();
    try {
      return new RunRecord(
          inputs,
          exitCode,
          startedAt,
          finishedAt,
          containerImage,
          containerImageId,
          secretNames,
          accelerator,
          cpus,
          memoryBytes,
          provenance,
          output,
          artifacts,
          tests);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static boolean hasPlainFilesOnly(Artifacts artifacts) {
    return artifacts instanceof Artifacts.Listed(List<Artifact> list)
        && list.stream()
            .allMatch(artifact -> artifact instanceof Artifact.File file && file.mode().isUsual());
  }

  private static Artifacts readArtifacts(StrictJson json) throws MalformedException {
    try {
      if (json.has("artifactManifest")) {
        StrictJson manifest = json.object("artifactManifest");
        int count = Math.toIntExact(Math.clamp(manifest.number("count"), 0, Integer.MAX_VALUE));
        long bytes = manifest.number("contentBytes");
        return new Artifacts.Manifested(count, bytes, readContent(manifest));
      }
      List<Artifact> list = new ArrayList<>();
      for (StrictJson entry : json.objects("artifacts")) {
        list.add(ArtifactManifest.read(entry));
      }
      return new Artifacts.Listed(list);
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static ObjectNode writeInputs(RunInputs inputs) {
    ObjectNode json = JsonTree.object();
    json.put("repo", inputs.repo().text());
    json.put("tree", inputs.tree().hex());
    inputs.commit().ifPresent(commit -> json.put("commit", commit.hex()));
    inputs.tags().ifPresent(tags -> json.put("tags", tags.toString()));
    json.put("target", inputs.target());
    inputs.arguments().forEach(json.putArray("arguments")::add);
    inputs.environment().forEach(json.putObject("environment")::put);
    json.put("image", inputs.image().toString());
    json.put("architecture", inputs.architecture().name());
    json.put("network", inputs.network().toString());
    inputs.options().addTo(json);
    return json;
  }

  private static RunInputs readInputs(StrictJson json, boolean hasOptions)
      throws MalformedException {
    try {
      RunInputs inputs =
          new RunInputs(
              json.value("repo", RepoId::new),
              json.value("tree", TreeId::new),
              json.optionalValue("commit", CommitId::new),
              json.optionalValue("tags", Digest::parse),
              json.text("target"),
              json.texts("arguments"),
              json.textMap("environment"),
              json.value("image", Digest::parse),
              json.value("architecture", Architecture::new),
              json.value("network", NetworkMode::parse),
              hasOptions ? readOptions(json) : TestOptions.DEFAULT);
      json.end();
      return inputs;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(e.getMessage(), e);
    }
  }

  private static TestOptions readOptions(StrictJson json) throws MalformedException {
    ContainerLimits limits =
        json.optionalValue("containerLimits", ContainerLimits::parseExact)
            .orElse(ContainerLimits.DEFAULT);
    boolean retried = json.has("retries");
    int retries = retried ? Math.clamp(json.number("retries"), -1, Integer.MAX_VALUE) : 0;
    if (retried && retries == 0) {
      throw new MalformedException("retries: 1 or more, or nothing, was expected");
    }
    TestOptions options = new TestOptions(limits, retries, readPrepareSecrets(json));
    boolean containers = json.has("containers");
    if (containers && !json.truth("containers")) {
      throw new MalformedException("containers: true, or nothing, was expected");
    }
    return containers ? options.withContainers() : options;
  }

  /** Sorted, each once, and absent if there is none: these inputs have one form. */
  private static SortedSet<String> readPrepareSecrets(StrictJson json) throws MalformedException {
    if (!json.has("prepareSecrets")) {
      return new TreeSet<>();
    }
    List<String> listed = json.values("prepareSecrets", RunInputs::requireName);
    SortedSet<String> names = new TreeSet<>(listed);
    if (names.isEmpty() || !List.copyOf(names).equals(listed)) {
      throw new MalformedException("prepareSecrets: sorted names, or nothing, were expected");
    }
    return names;
  }

  private static ObjectNode write(Content content) {
    ObjectNode json = JsonTree.object();
    json.put("size", content.size());
    json.put("digest", content.digest().toString());
    return json;
  }

  /** Reads a size and a digest; the object is read to its end. */
  static Content readContent(StrictJson json) throws MalformedException {
    long size = json.number("size");
    Digest digest = json.value("digest", Digest::parse);
    json.end();
    if (size < 0) {
      throw new MalformedException("size: 0 or more was expected");
    }
    return new Content(size, digest);
  }
}
