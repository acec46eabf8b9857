using System.Data.Common;

namespace Tandem.Storage.Database;

/// <summary>Writes through a connection of the provider: in one round trip where the database has batches, else with one command.</summary>
internal sealed class RowWriter(DbConnection connection, DbTransaction transaction) : IRowWriter
{
    private const int RowsPerRoundTrip = 500;

    public void Execute<T>(string sql, IReadOnlyList<T> rows, Action<T>? affected = null)
        where T : IRow
    {
        if (rows.Count == 0)
            return;

        if (connection.CanCreateBatch)
            ExecuteBatches(sql, rows, affected);
        else
            ExecuteEach(sql, rows, affected);
    }

    private void ExecuteBatches<T>(string sql, IReadOnlyList<T> rows, Action<T>? affected)
        where T : IRow
    {
        for (var start = 0; start < rows.Count; start += RowsPerRoundTrip)
        {
            var count = Math.Min(RowsPerRoundTrip, rows.Count - start);
            using var batch = connection.CreateBatch();
            batch.Transaction = transaction;
            for (var i = 0; i < count; i++)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = sql;
                var parameters = new RowParameters(command.Parameters, command.CreateParameter);
                rows[start + i].Bind(ref parameters);
                batch.BatchCommands.Add(command);
            }

            batch.ExecuteNonQuery();
            for (var i = 0; affected is not null && i < count; i++)
            {
                if (batch.BatchCommands[i].RecordsAffected > 0)
                    affected(rows[start + i]);
            }
        }
    }

    private void ExecuteEach<T>(string sql, IReadOnlyList<T> rows, Action<T>? affected)
        where T : IRow
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach (var row in rows)
        {
            var parameters = new RowParameters(command.Parameters, command.CreateParameter);
            row.Bind(ref parameters);
            if (command.ExecuteNonQuery() > 0)
                affected?.Invoke(row);
        }
    }
}
