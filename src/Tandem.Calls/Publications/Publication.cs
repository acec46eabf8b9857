using Tandem.Calls.Registrar;
using Tandem.Core.Time;

namespace Tandem.Calls.Publications;

/// <summary>One published piece of state (RFC 3903) on the shard that owns its number.</summary>
internal sealed class Publication(AorKey resource, PresenceDocument document, CallbackTimer expiry)
{
    public AorKey Resource => resource;

    /// <summary>The entity-tag of the last successful PUBLISH (§4.1).</summary>
    public string Tag { get; set; } = "";

    public PresenceDocument Document { get; set; } = document;

    public CallbackTimer Expiry => expiry;
}
