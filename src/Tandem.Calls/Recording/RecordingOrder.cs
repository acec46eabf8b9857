using Tandem.Calls.Calls;
using Tandem.Calls.Tenants;
using Tandem.Media.Recording;

namespace Tandem.Calls.Recording;

/// <summary>A recording to begin.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Call">The call; null for a room or a test.</param>
/// <param name="CallerNumber">For the list.</param>
/// <param name="CalleeNumber">For the list.</param>
/// <param name="Channels">What it keeps; the tapped side is the caller, so that it is left.</param>
/// <param name="ConsentAt">When both sides had heard that they are recorded; null when nobody told them.</param>
/// <param name="Format">Null takes the installation's.</param>
public sealed record RecordingOrder(
    TenantId Tenant,
    CallId? Call,
    string CallerNumber,
    string CalleeNumber,
    RecordingChannels Channels = RecordingChannels.Stereo,
    RecordingFormat? Format = null,
    DateTimeOffset? ConsentAt = null)
{
    /// <summary>The one side that is tapped, for a message; null for the whole call.</summary>
    public CallSide? Only { get; init; }
}
