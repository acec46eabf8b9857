namespace Tandem.Fuzz;

/// <summary>Something that takes hostile bytes.</summary>
/// <param name="Name">Its name on the command line; the corpus is <c>corpus/NAME.txt</c>.</param>
/// <param name="Runs">Inputs of the bounded run in ./test: a few seconds each.</param>
/// <param name="Run">
/// Takes one input; throws when an invariant does not hold. The result says what happened (how far it was read, with what
/// verdict): inputs with a result that was not seen before are kept and mutated further.
/// </param>
public sealed record FuzzTarget(string Name, int Runs, Func<byte[], int> Run);
