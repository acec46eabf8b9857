using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Tandem.Storage.Audit;
using Tandem.Storage.Bindings;
using Tandem.Storage.Journal;
using Tandem.Storage.Outbox;
using Tandem.Storage.Toll;

namespace Tandem.Storage.Writing;

/// <summary>The rows of the spill file, as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OpenCallRow))]
[JsonSerializable(typeof(AnsweredCallRow))]
[JsonSerializable(typeof(CdrRow))]
[JsonSerializable(typeof(BindingRow))]
[JsonSerializable(typeof(BindingKeyRow))]
[JsonSerializable(typeof(OutboxRow))]
[JsonSerializable(typeof(TollStateRow))]
[JsonSerializable(typeof(AuditRow))]
internal sealed partial class SpillJson : JsonSerializerContext
{
    public static JsonTypeInfo TypeOf(WriteKind kind) =>
        TypeOfOrNull(kind) ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "no row of this kind");

    public static JsonTypeInfo? TypeOfOrNull(WriteKind kind) => kind switch
    {
        WriteKind.CallOpened => Default.OpenCallRow,
        WriteKind.CallAnswered => Default.AnsweredCallRow,
        WriteKind.CallClosed => Default.CdrRow,
        WriteKind.BindingSaved => Default.BindingRow,
        WriteKind.BindingRemoved => Default.BindingKeyRow,
        WriteKind.Event or WriteKind.StreamEvent or WriteKind.EventAndStream => Default.OutboxRow,
        WriteKind.TollState => Default.TollStateRow,
        WriteKind.AuditWritten => Default.AuditRow,
        _ => null,
    };
}
