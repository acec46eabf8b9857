using Tandem.Media.Codecs;
using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>Makes a plan of what each side has agreed on with us. Pure.</summary>
internal static class PlanCompiler
{
    /// <param name="a">Side A.</param>
    /// <param name="b">Side B.</param>
    /// <param name="rules">Which formats are the same.</param>
    /// <param name="aHolds">A does not want to hear B.</param>
    /// <param name="bHolds">B does not want to hear A.</param>
    public static MediaPlan Compile(LegNegotiation a, LegNegotiation b, FormatRules rules, bool aHolds, bool bHolds)
    {
        var count = Math.Max(a.Lines.Count, b.Lines.Count);
        var lines = new LinePlan?[count];
        for (var i = 0; i < count; i++)
            lines[i] = Line(At(a.Lines, i), At(b.Lines, i), a.Policy, b.Policy, rules);
        return new MediaPlan(lines, Transports(a.Lines, count), Transports(b.Lines, count), aHolds, bHolds);
    }

    /// <summary>The other side.</summary>
    public static MediaSide Other(MediaSide side) => side == MediaSide.A ? MediaSide.B : MediaSide.A;

    /// <summary>What each side sends first is what the other one takes.</summary>
    public static bool CanRelay(LegLine a, LegLine b, FormatRules rules) => Passes(a, b, rules) && Passes(b, a, rules);

    /// <summary>What <paramref name="from"/> sends first is what <paramref name="to"/> takes.</summary>
    public static bool Passes(LegLine from, LegLine to, FormatRules rules) =>
        from.First is { } first && to.Find(first.Key) is { } other && rules.CanPass(first, other);

    private static LegLine? At(IReadOnlyList<LegLine?> lines, int index) => index < lines.Count ? lines[index] : null;

    private static TransportPlan?[] Transports(IReadOnlyList<LegLine?> lines, int count)
    {
        var transports = new TransportPlan?[count];
        for (var i = 0; i < lines.Count; i++)
            transports[i] = lines[i]?.Plan;
        return transports;
    }

    private static LinePlan? Line(LegLine? a, LegLine? b, LegPolicy policyA, LegPolicy policyB, FormatRules rules)
    {
        if (a is null && b is null)
            return null;

        // What is not sound cannot end with us, and a line that is something else on the other side has no partner there.
        var kind = (a ?? b)!.Kind;
        if (a is null || b is null || a.Kind != b.Kind)
            return kind == "audio" ? new LinePlan(kind, Side(a, policyA), a is null ? Side(b, policyB) : null, false) : null;

        return new LinePlan(kind, Side(a, policyA), Side(b, policyB), CanRelay(a, b, rules), Renaming(a, b, rules), Renaming(b, a, rules));
    }

    private static LineSide? Side(LegLine? line, LegPolicy policy)
    {
        if (line is null)
            return null;

        var remote = line.Remote.EffectiveDirection;
        var payloads = new PayloadTable();
        UInt128 retransmissions = 0;
        for (var i = 0; i < line.Formats.Count; i++)
        {
            var format = line.Formats[i];
            var clock = format.Role == FormatRole.Event || format.Local.Is("tone") ? 0 : format.Local.ClockRate;
            payloads.Add(format.Local.PayloadType, clock);
            payloads.Add(format.Remote.PayloadType, clock);
            if (format.Role == FormatRole.Other && Repeats(line, format.Remote))
                retransmissions |= PayloadNumbers.Bit(format.Remote.PayloadType);
        }

        return new LineSide(
            line.Transport,
            remote.HasFlag(SdpDirection.SendOnly) && line.Local.HasFlag(SdpDirection.RecvOnly),
            remote.HasFlag(SdpDirection.RecvOnly) && line.Local.HasFlag(SdpDirection.SendOnly),
            !line.Remote.IsHeldByAddress,
            payloads,
            line.Kind == "audio" ? Audio(line, policy) : null,
            line.Mid,
            line.MidExtension)
        {
            IsSteady = policy.IsBrowser && line.Kind == "audio",
            Retransmissions = retransmissions,
        };
    }

    // Of a packet of this line: the original may also have a line of its own, whose numbers are not ours to know here.
    private static bool Repeats(LegLine line, SdpFormat format)
    {
        if (FormatReferences.Repeated(format) is not { } type)
            return false;

        for (var i = 0; i < line.Formats.Count; i++)
        {
            if (line.Formats[i].Remote.PayloadType == type)
                return true;
        }

        return false;
    }

    private static AudioPlan Audio(LegLine line, LegPolicy policy)
    {
        var receives = new List<PayloadFormat>(line.Formats.Count);
        var events = new List<int>(2);
        PayloadFormat? sends = null;
        int eventOut = -1, comfortNoise = -1, redundancy = -1;
        for (var i = 0; i < line.Formats.Count; i++)
        {
            var format = line.Formats[i];
            switch (format.Role)
            {
                case FormatRole.Audio:
                    receives.Add(new PayloadFormat(format.Local.PayloadType, format.Audio!, format.Local.Parameters));
                    if (HasOwnNumber(line, format))
                        receives.Add(new PayloadFormat(format.Remote.PayloadType, format.Audio!, format.Local.Parameters));
                    sends ??= new PayloadFormat(format.Remote.PayloadType, format.Audio!, format.Remote.Parameters);
                    break;
                case FormatRole.Event:
                    events.Add(format.Local.PayloadType);
                    if (HasOwnNumber(line, format))
                        events.Add(format.Remote.PayloadType);
                    break;
                case FormatRole.ComfortNoise when format.Local.ClockRate == 8000:
                    comfortNoise = format.Local.PayloadType;
                    break;
                case FormatRole.Redundancy:
                    redundancy = format.Local.PayloadType;
                    break;
            }
        }

        for (var i = 0; i < line.Formats.Count; i++)
        {
            var format = line.Formats[i];
            if (format.Role == FormatRole.Event && sends is not null && (eventOut < 0 || format.Local.ClockRate == sends.Format.ClockRate))
                eventOut = format.Remote.PayloadType;
        }

        return new AudioPlan(receives, sends, events, eventOut, comfortNoise, redundancy, PacketTime(line, sends, policy));
    }

    // RFC 8866 §6.4: what the side would like, within what it can take.
    private static int PacketTime(LegLine line, PayloadFormat? sends, LegPolicy policy)
    {
        var wanted = line.Remote.PacketMilliseconds > 0 ? line.Remote.PacketMilliseconds : policy.PacketMilliseconds;
        wanted = Math.Min(wanted, policy.MaxPacketMilliseconds);
        if (line.Remote.MaxPacketMilliseconds > 0)
            wanted = Math.Min(wanted, line.Remote.MaxPacketMilliseconds);
        return sends is null ? wanted : CodecCatalog.PacketMilliseconds(sends.Format, wanted);
    }

    private static byte[]? Renaming(LegLine from, LegLine to, FormatRules rules)
    {
        Span<byte> map = stackalloc byte[128];
        for (var i = 0; i < map.Length; i++)
            map[i] = (byte)i;

        var isNeeded = false;
        for (var i = from.Formats.Count - 1; i >= 0; i--)
        {
            var format = from.Formats[i];
            if (format.Local.PayloadType < 0)
                continue;

            var value = to.Find(format.Key) is { } other && rules.CanPass(format, other) ? (byte)other.Remote.PayloadType : LinePlan.NotShared;
            if (HasOwnNumber(from, format))
                map[format.Remote.PayloadType] = value;
            map[format.Local.PayloadType] = value;
            isNeeded |= value != format.Local.PayloadType || (HasOwnNumber(from, format) && value != format.Remote.PayloadType);
        }

        return isNeeded ? map.ToArray() : null;
    }

    // A side that numbers a format otherwise than we did may send it under its own number (RFC 3264 §6.1 says it should not).
    private static bool HasOwnNumber(LegLine line, LineFormat format)
    {
        if (format.Remote.PayloadType == format.Local.PayloadType || format.Remote.PayloadType < 0)
            return false;

        for (var i = 0; i < line.Formats.Count; i++)
        {
            if (line.Formats[i].Local.PayloadType == format.Remote.PayloadType)
                return false;
        }

        return true;
    }
}
