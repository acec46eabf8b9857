using System.Text;
using Tandem.Media.Rtp;

namespace Tandem.Media.Relay;

/// <summary>
/// Finds the line of a packet on a bundled transport (RFC 9143 §9.2): by its MID header extension (RFC 8843 §15), then by an SSRC that
/// is known, then by a payload type that only one line has. Owned by the media loop; bounded: a new source takes the place of the one
/// that was heard least recently.
/// </summary>
internal sealed class LineDemux
{
    private const int MaxSources = 32;
    private const byte None = 0xFF;
    private const byte Ambiguous = 0xFE;

    private readonly uint[] _ssrcs = new uint[MaxSources];
    private readonly byte[] _lines = new byte[MaxSources];
    private readonly long[] _used = new long[MaxSources];
    private readonly byte[] _types = new byte[128];
    private LineLeg[] _legs = [];
    private byte[][] _mids = [];
    private int _midExtension;
    private int _count;
    private int _last;
    private long _uses;

    /// <summary>The legs that share the transport.</summary>
    public ReadOnlySpan<LineLeg> Legs => _legs;

    /// <summary>Puts other legs in force. Sources that are known stay where they were when their leg is still there.</summary>
    public void Apply(LineLeg[] legs)
    {
        for (var i = _count - 1; i >= 0; i--)
        {
            var index = Array.IndexOf(legs, _legs[_lines[i]]);
            if (index >= 0)
                _lines[i] = (byte)index;
            else
                Forget(i);
        }

        _legs = legs;
        _mids = Array.ConvertAll(legs, static leg => Encoding.UTF8.GetBytes(leg.Plan?.Mid ?? ""));
        _midExtension = 0;
        Array.Fill(_types, None);
        for (var i = 0; i < legs.Length; i++)
        {
            if (legs[i].Plan is not { } plan)
                continue;

            _midExtension = Math.Max(_midExtension, plan.MidExtension);
            for (var type = 0; type < 128; type++)
            {
                if (plan.Payloads.Contains(type))
                    _types[type] = _types[type] == None ? (byte)i : Ambiguous;
            }
        }
    }

    /// <summary>The leg of a packet; null when it cannot be told.</summary>
    public LineLeg? Find(in RtpHeader header, ReadOnlySpan<byte> packet)
    {
        if (_midExtension != 0 && (packet[0] & 0x10) != 0)
        {
            var mid = RtpExtension.Find(packet[..header.HeaderLength], _midExtension);
            for (var i = 0; !mid.IsEmpty && i < _mids.Length; i++)
            {
                if (mid.SequenceEqual(_mids[i]))
                    return _legs[i];
            }
        }

        if (IndexOf(header.Ssrc) is var known and >= 0)
            return _legs[_lines[known]];

        var line = _types[header.PayloadType];
        return line < _legs.Length ? _legs[line] : null;
    }

    /// <summary>The leg that sends <paramref name="ssrc"/>; null when it is not known.</summary>
    public LineLeg? Find(uint ssrc) => IndexOf(ssrc) is var known and >= 0 ? _legs[_lines[known]] : null;

    /// <summary>Remembers where a genuine packet belonged.</summary>
    public void Learn(uint ssrc, LineLeg leg)
    {
        var index = IndexOf(ssrc);
        if (index < 0)
        {
            index = _count < MaxSources ? _count++ : Oldest();
            _ssrcs[index] = ssrc;
            _last = index;
        }

        _lines[index] = (byte)Array.IndexOf(_legs, leg);
        _used[index] = ++_uses;
    }

    private int IndexOf(uint ssrc)
    {
        if (_last < _count && _ssrcs[_last] == ssrc)
            return _last;

        var index = _ssrcs.AsSpan(0, _count).IndexOf(ssrc);
        if (index >= 0)
            _last = index;
        return index;
    }

    private int Oldest()
    {
        var oldest = 0;
        for (var i = 1; i < MaxSources; i++)
        {
            if (_used[i] < _used[oldest])
                oldest = i;
        }

        return oldest;
    }

    private void Forget(int index)
    {
        _count--;
        _ssrcs[index] = _ssrcs[_count];
        _lines[index] = _lines[_count];
        _used[index] = _used[_count];
    }
}
