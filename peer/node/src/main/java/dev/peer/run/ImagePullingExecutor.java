package dev.peer.run;

import dev.peer.core.flow.ExecutionRequest;
import dev.peer.core.flow.ExecutionResult;
import dev.peer.core.flow.Executor;
import dev.peer.core.flow.ExecutorException;
import dev.peer.core.flow.InterruptedIo;
import dev.peer.core.id.Architecture;
import dev.peer.core.id.Digest;
import dev.peer.core.progress.ExecutionListener;
import dev.peer.network.ImageSource;
import dev.peer.vm.image.ImageException;
import dev.peer.vm.image.ImageStore;
import dev.peer.vm.image.Origin;
import dev.peer.vm.qemu.Qemu;
import dev.peer.vm.qemu.QemuException;
import java.io.IOException;
import java.util.Map;

/**
 * Pulls a missing guest image from other peers, then runs another executor. An image from a peer
 * counts only while a signer vouches for it.
 */
public record ImagePullingExecutor(
    Executor executor, ImageStore images, ImageSource source, Map<String, String> environment)
    implements Executor {

  @Override
  public void requireMachine(Architecture architecture) throws ExecutorException {
    executor.requireMachine(architecture);
  }

  @Override
  public ExecutionResult execute(ExecutionRequest request, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    require(request.inputs().image(), listener);
    return executor.execute(request, listener);
  }

  /** Gets an image if it is missing, and requires that it counts. */
  public void require(Digest image, ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    require(image, images, source, environment, listener);
  }

  /** Gets an image if it is missing, and requires that it counts. */
  public static void require(
      Digest image,
      ImageStore images,
      ImageSource source,
      Map<String, String> environment,
      ExecutionListener listener)
      throws ExecutorException, InterruptedException {
    try {
      // A machine that cannot run it need not pull it, nor what is prepared of it.
      Qemu.find(Architecture.AMD64, environment);
      if (images.contains(image)) {
        source.requireCounting(image);
        return;
      }
      listener.note("the guest image " + image + " is not on this machine: asking the peers");
      source.pull(image, Origin.PINNED);
    } catch (QemuException e) {
      throw new ExecutorException(e.getMessage(), e.hint(), e);
    } catch (ImageException e) {
      throw new ExecutorException(e.getMessage(), e.hint(), e);
    } catch (IOException e) {
      InterruptedIo.rethrow(e);
      throw new ExecutorException(
          "the guest image could not be taken in: " + e.getMessage(),
          "see that the disk has room and PEER_HOME is yours to write",
          e);
    }
  }
}
