namespace Tandem.Fuzz;

/// <summary>An input that broke something, with all that is needed to see it again.</summary>
public sealed class FuzzFailure(string target, int seed, long run, byte[] input, Exception inner)
    : Exception(
        $"target {target}, seed {seed}, run {run}: {inner.GetType().Name}: {inner.Message}\n"
        + $"as a line of corpus/{target}.txt:\n{Escapes.Write(input)}\n{inner.StackTrace}", inner);
