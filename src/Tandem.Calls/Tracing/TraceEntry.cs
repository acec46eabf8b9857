using System.Text;
using Tandem.Sip.Engine;

namespace Tandem.Calls.Tracing;

/// <summary>One entry of a trace.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="At">When.</param>
/// <param name="Shard">The shard that saw it, from 0.</param>
/// <param name="Direction">Which way a message went.</param>
/// <param name="Flow">Between which addresses a message went.</param>
/// <param name="Data">The message with its secrets hidden; for the other kinds a JSON object in UTF-8 whose <c>name</c> says what it is about.</param>
public sealed record TraceEntry(TraceKind Kind, DateTimeOffset At, int Shard, SipDirection Direction, SipFlow Flow, ReadOnlyMemory<byte> Data)
{
    /// <summary>The data as text.</summary>
    public string Text => Encoding.UTF8.GetString(Data.Span);
}
