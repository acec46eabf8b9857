namespace Tandem.Testing;

/// <summary>What code allocates once it is warm. A packet and a tick must cost nothing (0 bytes), so a single byte fails a test.</summary>
public static class Garbage
{
    private const int Rounds = 20;

    /// <summary>
    /// The bytes that one round of the work allocates on this thread: the least of several rounds after a first one that is not counted. Work that
    /// allocates does so in every round. The runtime does not: when it compiles a method anew (tiering, on-stack replacement) or builds a stub, it allocates
    /// now and then on the thread that happens to run the method, and no number of warm-up rounds says when. The count ends with the first round that
    /// costs nothing, so what the work counts itself depends on how many rounds there were.
    /// </summary>
    /// <remarks>
    /// Not for work whose garbage comes seldom, as that of a table that doubles: one round of such work has to contain it, or its size is asserted as well.
    /// </remarks>
    public static long Of(Action work) => Of(work, GC.GetAllocatedBytesForCurrentThread);

    /// <inheritdoc cref="Of(Action)"/>
    /// <param name="work">What is done.</param>
    /// <param name="allocated">The bytes so far, of a thread that does the work for us.</param>
    public static long Of(Action work, Func<long> allocated)
    {
        work();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = allocated();
            work();
            least = Math.Min(least, allocated() - before);
        }

        return least;
    }
}
