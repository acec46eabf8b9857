using Tandem.Calls.Limits;
using Tandem.Core.Time;

namespace Tandem.Calls.Trunks;

/// <summary>The calls that a profile carries, and its limits, which hold for all nodes together. Thread-safe.</summary>
public sealed class ProfileUsage
{
    private readonly Lock _lock = new();
    private readonly CallPace _pace = new();
    private int _calls;
    private long _outbound;
    private long _inbound;
    private long _refused;
    private UnprovenClaim? _unproven;

    /// <summary>Calls in progress at this node, both directions.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Calls to the provider since the start.</summary>
    public long Outbound => Interlocked.Read(ref _outbound);

    /// <summary>Calls from the provider since the start.</summary>
    public long Inbound => Interlocked.Read(ref _inbound);

    /// <summary>Calls that had no place since the start.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Who called last in the name of the provider without the certificate that the profile requires; null for nobody.</summary>
    public UnprovenClaim? Unproven => Volatile.Read(ref _unproven);

    /// <summary>Somebody did that; true when it is to be told of, once in <paramref name="pause"/> however many there are.</summary>
    public bool NoteUnproven(string from, string why, DateTimeOffset now, TimeSpan pause)
    {
        lock (_lock)
        {
            var before = _unproven;
            var isTold = before is null || now - before.ToldAt >= pause;
            Volatile.Write(ref _unproven, new UnprovenClaim((before?.Count ?? 0) + 1, now, from, why, isTold ? now : before!.ToldAt));
            return isTold;
        }
    }

    /// <summary>Takes a place for a call; false when the profile has as many as it may, or calls to the provider come too fast.</summary>
    /// <param name="others">What the profile carries at other nodes.</param>
    /// <param name="asked">How many calls in a second each other node was asked for, ascending.</param>
    public bool TryEnter(SipProfile profile, Moment now, bool isOutbound, in NodeUse others = default, params ReadOnlySpan<double> asked)
    {
        lock (_lock)
        {
            if (profile.MaxCalls > 0 && _calls + others.Calls >= profile.MaxCalls)
                return Full();
            if (isOutbound && !_pace.TryTake(profile.MaxCallsPerSecond, asked, now))
                return Full();

            _calls++;
            if (isOutbound)
                _outbound++;
            else
                _inbound++;
            return true;
        }
    }

    /// <summary>Takes a place for a call to the provider whatever the limits say: somebody calls for help.</summary>
    public void EnterAlways()
    {
        lock (_lock)
        {
            _calls++;
            _outbound++;
        }
    }

    /// <summary>Gives the place back.</summary>
    public void Leave()
    {
        lock (_lock)
            _calls--;
    }

    /// <summary>What the profile uses at this node.</summary>
    /// <param name="seconds">How long ago it was asked last.</param>
    internal NodeUse Turn(double seconds)
    {
        lock (_lock)
            return _pace.Turn(seconds) with { Calls = _calls };
    }

    private bool Full()
    {
        _refused++;
        return false;
    }
}
