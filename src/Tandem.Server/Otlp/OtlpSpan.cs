namespace Tandem.Server.Otlp;

/// <summary>A span: a part of what happened in a trace.</summary>
/// <param name="TraceId">32 hex digits.</param>
/// <param name="SpanId">What others name as their parent.</param>
/// <param name="Parent">The span that it is a part of; 0 for the first one.</param>
/// <param name="Name">What it is.</param>
/// <param name="Start">When it began.</param>
/// <param name="End">When it ended.</param>
/// <param name="IsError">Whether it failed.</param>
/// <param name="Attributes">Texts, whole numbers (<see cref="long"/>) and other numbers (<see cref="double"/>) by name.</param>
public sealed record OtlpSpan(
    string TraceId, ulong SpanId, ulong Parent, string Name, DateTimeOffset Start, DateTimeOffset End, bool IsError, IReadOnlyList<(string Name, object Value)> Attributes)
{
    /// <summary>Which side of a conversation it shows; within the exchange none.</summary>
    public SpanKind Kind { get; init; } = SpanKind.Internal;
}
