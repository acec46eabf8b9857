namespace Tandem.Server.Http;

/// <summary>Marks a route whose method says that it changes something, though it leaves nothing that the audit log should tell.</summary>
/// <param name="reason">Why not, for who reads the route.</param>
public sealed class NotAudited(string reason)
{
    public string Reason { get; } = reason;
}
