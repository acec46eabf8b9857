namespace Tandem.Media.Plan;

/// <summary>The payload types of one media line with their clock rates. Immutable once the plan is compiled.</summary>
public sealed class PayloadTable
{
    // For each payload type the place of its rate: there are few rates, and a table of them for each would be half a kilobyte.
    private readonly byte[] _places = new byte[128];
    private int[] _rates = [0];
    private ulong _low;
    private ulong _high;

    /// <summary>True when <paramref name="payloadType"/> (0 to 127) was named.</summary>
    public bool Contains(int payloadType) => ((payloadType < 64 ? _low : _high) >> (payloadType & 63) & 1) != 0;

    /// <summary>Hertz of the RTP timestamp; 0 when unknown, or when it does not follow the time (telephone events, RFC 4733 §2.1).</summary>
    public int ClockRate(int payloadType) => _rates[_places[payloadType & 127]];

    /// <summary>Adds a payload type; one outside 0 to 127 is none.</summary>
    internal void Add(int payloadType, int clockRate)
    {
        if (payloadType is < 0 or > 127)
            return;

        if (payloadType < 64)
            _low |= 1UL << payloadType;
        else
            _high |= 1UL << (payloadType & 63);

        if (_places[payloadType] != 0 || clockRate == 0)
            return;

        var place = Array.IndexOf(_rates, clockRate);
        if (place < 0)
        {
            place = _rates.Length;
            _rates = [.. _rates, clockRate];
        }

        _places[payloadType] = (byte)place;
    }
}
