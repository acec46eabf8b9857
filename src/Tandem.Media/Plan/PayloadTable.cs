using System.Buffers.Text;
using System.Text;
using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>The payload types of one media line, both sides together, with their clock rates. Immutable once the plan is compiled.</summary>
public sealed class PayloadTable
{
    private readonly int[] _clocks = new int[128];
    private ulong _low;
    private ulong _high;

    /// <summary>True when either side named <paramref name="payloadType"/> (0 to 127).</summary>
    public bool Contains(int payloadType) => ((payloadType < 64 ? _low : _high) >> (payloadType & 63) & 1) != 0;

    /// <summary>Hertz of the RTP timestamp; 0 when unknown, or when it does not follow the time (telephone events, RFC 4733 §2.1).</summary>
    public int ClockRate(int payloadType) => _clocks[payloadType & 127];

    /// <summary>Adds what <paramref name="media"/> names: its formats, and rtpmap (RFC 8866 §6.6) or RFC 3551 §6 for their clocks.</summary>
    internal void Add(SdpDocument document, SdpMedia media)
    {
        var rest = media.Formats;
        while (rest.Length > 0)
        {
            if (Utf8Parser.TryParse(rest, out int type, out var used) && type is >= 0 and < 128)
                AddType(type, StaticClock(type));

            var space = rest.IndexOf((byte)' ');
            rest = space < 0 ? default : rest[(space + 1)..];
        }

        for (var i = media.FirstLine + 1; i < media.EndLine; i++)
        {
            if (document.Lines[i].Type == 'a' && SdpAttributes.NameOf(document.Value(i)).SequenceEqual("rtpmap"u8))
                AddMap(SdpAttributes.ValueOf(document.Value(i)));
        }
    }

    // rtpmap: <type> <encoding>/<clock>[/<channels>]
    private void AddMap(ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(value, out int type, out var used) || type is < 0 or > 127)
            return;

        value = value[used..].TrimStart((byte)' ');
        var slash = value.IndexOf((byte)'/');
        if (slash <= 0 || !Contains(type))
            return;

        var isEvent = Ascii.EqualsIgnoreCase(value[..slash], "telephone-event"u8) || Ascii.EqualsIgnoreCase(value[..slash], "tone"u8);
        if (isEvent)
            _clocks[type] = 0;
        else if (Utf8Parser.TryParse(value[(slash + 1)..], out int clock, out _) && clock is > 0 and <= 192000)
            _clocks[type] = clock;
    }

    private void AddType(int type, int clock)
    {
        if (type < 64)
            _low |= 1UL << type;
        else
            _high |= 1UL << (type & 63);

        if (_clocks[type] == 0)
            _clocks[type] = clock;
    }

    // RFC 3551 §6, tables 4 and 5. G.722 counts at 8000 though it samples at 16000.
    private static int StaticClock(int type) => type switch
    {
        6 => 16000,
        10 or 11 => 44100,
        16 => 11025,
        17 => 22050,
        14 => 90000,
        <= 18 => 8000,
        >= 25 and <= 34 => 90000,
        _ => 0,
    };
}
