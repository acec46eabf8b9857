namespace Tandem.Media.Plan;

/// <summary>The payload types of one media line with their clock rates. Immutable once the plan is compiled.</summary>
public sealed class PayloadTable
{
    private readonly int[] _clocks = new int[128];
    private ulong _low;
    private ulong _high;

    /// <summary>True when <paramref name="payloadType"/> (0 to 127) was named.</summary>
    public bool Contains(int payloadType) => ((payloadType < 64 ? _low : _high) >> (payloadType & 63) & 1) != 0;

    /// <summary>Hertz of the RTP timestamp; 0 when unknown, or when it does not follow the time (telephone events, RFC 4733 §2.1).</summary>
    public int ClockRate(int payloadType) => _clocks[payloadType & 127];

    /// <summary>Adds a payload type; one outside 0 to 127 is none.</summary>
    internal void Add(int payloadType, int clockRate)
    {
        if (payloadType is < 0 or > 127)
            return;

        if (payloadType < 64)
            _low |= 1UL << payloadType;
        else
            _high |= 1UL << (payloadType & 63);

        if (_clocks[payloadType] == 0)
            _clocks[payloadType] = clockRate;
    }
}
