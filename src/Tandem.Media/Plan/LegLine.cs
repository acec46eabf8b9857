using Tandem.Media.Sdp;

namespace Tandem.Media.Plan;

/// <summary>What one side and we have agreed on for one media line. Immutable.</summary>
internal sealed record LegLine
{
    /// <summary>The line as the side wrote it last.</summary>
    public required SdpMedia Remote { get; init; }

    /// <summary>The protocol of the line, by which later offers go on.</summary>
    public required string Protocol { get; init; }

    public required SdpTransport Profile { get; init; }

    public required KeyStyle Keys { get; init; }

    public bool UsesIce { get; init; }

    public bool Mux { get; init; }

    /// <summary>What may be sent, first choice first.</summary>
    public required IReadOnlyList<LineFormat> Formats { get; init; }

    /// <summary>The direction that we wrote, seen from us.</summary>
    public required SdpDirection Local { get; init; }

    public string Mid { get; init; } = "";

    /// <summary>The id of the MID header extension that the side sends (RFC 9143 §15); 0 when not agreed.</summary>
    public int MidExtension { get; init; }

    /// <summary>The line that has the ports: this one, or the first of its bundle.</summary>
    public required int Transport { get; init; }

    /// <summary>The line is in a BUNDLE group.</summary>
    public bool IsBundled { get; init; }

    /// <summary>Null for a line that lies on another's transport.</summary>
    public TransportPlan? Plan { get; init; }

    /// <summary>We answered its offer; false when it answered ours.</summary>
    public bool IsOfferer { get; init; }

    public string Kind => Remote.Kind;

    /// <summary>The first format that carries media: what the side sends unless it changes its mind.</summary>
    public LineFormat? First
    {
        get
        {
            for (var i = 0; i < Formats.Count; i++)
            {
                if (Formats[i].IsMedia)
                    return Formats[i];
            }

            return null;
        }
    }

    public LineFormat? Find(string key)
    {
        for (var i = 0; i < Formats.Count; i++)
        {
            if (Formats[i].Key == key)
                return Formats[i];
        }

        return null;
    }
}
