namespace Tandem.Fuzz;

/// <summary>
/// Feeds mutants to one target. What an input does to it is a signature; inputs with a new one join the pool, so that the run goes deeper than
/// its corpus (coverage in the small: the tools that instrument code are not to be had here). The same seed gives the same run.
/// </summary>
public sealed class FuzzRun
{
    private const int MaxPool = 2_048;

    private readonly FuzzTarget _target;
    private readonly int _seed;
    private readonly Random _random;
    private readonly Mutator _mutator;
    private readonly List<byte[]> _pool;
    private readonly HashSet<int> _signatures = [];

    public FuzzRun(FuzzTarget target, int seed)
    {
        _target = target;
        _seed = seed;
        _random = new Random(seed);
        _mutator = new Mutator(_random);
        _pool = [.. Corpus.Of(target.Name)];
        if (_pool.Count == 0)
            _pool.Add([]);
    }

    /// <summary>Different things that happened.</summary>
    public int Signatures => _signatures.Count;

    /// <summary>The corpus as it is, then <paramref name="runs"/> mutants.</summary>
    /// <exception cref="FuzzFailure">An input broke something; it is as small as it could be made.</exception>
    public void Go(long runs)
    {
        foreach (var input in _pool.ToArray())
            Try(input, -1);
        for (long run = 0; run < runs; run++)
        {
            var input = _mutator.Mutate(_pool[_random.Next(_pool.Count)], _pool[_random.Next(_pool.Count)]);
            if (Try(input, run) && _pool.Count < MaxPool)
                _pool.Add(input);
        }
    }

    private bool Try(byte[] input, long run)
    {
        try
        {
            return _signatures.Add(_target.Run([.. input]));
        }
        catch (Exception e)
        {
            throw new FuzzFailure(_target.Name, _seed, run, Shrink(input, e.GetType()), e);
        }
    }

    // Takes pieces away for as long as the same kind of failure remains.
    private byte[] Shrink(byte[] input, Type failure)
    {
        for (var size = input.Length / 2; size > 0; size /= 2)
        {
            for (var at = 0; at + size <= input.Length;)
            {
                byte[] smaller = [.. input.AsSpan(0, at), .. input.AsSpan(at + size)];
                if (Fails(smaller, failure))
                    input = smaller;
                else
                    at += size;
            }
        }

        return input;
    }

    private bool Fails(byte[] input, Type failure)
    {
        try
        {
            _target.Run([.. input]);
            return false;
        }
        catch (Exception e)
        {
            return e.GetType() == failure;
        }
    }
}
