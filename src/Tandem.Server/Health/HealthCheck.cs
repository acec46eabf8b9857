using System.Text.Json.Serialization;

namespace Tandem.Server.Health;

/// <summary>One part: <c>ok</c> or <c>error</c>, and a line for people.</summary>
/// <param name="State">For Redis: <c>shared</c> while nodes know of each other, <c>alone</c> otherwise. Null, and left out, for the others.</param>
public sealed record HealthCheck(string Status, string Message, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? State = null);
