using Tandem.Storage.Database;

namespace Tandem.Storage.Journal;

/// <summary>Takes an ended call out of <c>calls_open</c>.</summary>
internal readonly record struct ClosedCallRow(string CallId) : IRow
{
    public const string DeleteSql = "DELETE FROM calls_open WHERE call_id = @call";

    public void Bind(ref RowParameters parameters) => parameters.Add("call", CallId);
}
