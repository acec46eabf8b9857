using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace Tandem.Storage.Database;

/// <summary>Writes through a connection of the provider: in one round trip where the database has batches, else with one command.</summary>
internal sealed class RowWriter(DbConnection connection, DbTransaction transaction) : IRowWriter
{
    private const int RowsPerRoundTrip = 500;

    // Three round trips, whatever the number of rows, against one for each five hundred that cost more each.
    private const int RowsForCopy = 20;

    public bool TakesArrays => connection is NpgsqlConnection;

    public bool Finds(string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return command.ExecuteScalar() is not null;
    }

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

    public void Insert<T>(TableInsert into, IReadOnlyList<T> rows, Action<T>? affected = null)
        where T : IKeyedRow
    {
        if (rows.Count >= RowsForCopy && connection is NpgsqlConnection postgres)
            Copy(postgres, into, rows, affected);
        else
            Execute(into.Sql, rows, affected);
    }

    // COPY knows no conflict: what a former attempt wrote before its answer was lost is left out first, and so is what the batch has twice. If somebody
    // else writes a key in this very moment, the transaction fails, and its rows are written one by one by the statement.
    private void Copy<T>(NpgsqlConnection postgres, TableInsert into, IReadOnlyList<T> rows, Action<T>? affected)
        where T : IKeyedRow
    {
        var known = Known(postgres, into, rows);
        var fresh = new List<T>(rows.Count);
        using (var importer = postgres.BeginBinaryImport(into.CopySql))
        {
            foreach (var row in rows)
            {
                if (into.HasOneKey ? !known.Add(row.Key) : known.Contains(row.Key))
                    continue;

                fresh.Add(row);
                importer.StartRow();
                var parameters = new RowParameters(importer);
                row.Bind(ref parameters);
            }

            importer.Complete();
        }

        if (affected is not null)
            fresh.ForEach(affected);
    }

    private static HashSet<string> Known<T>(NpgsqlConnection postgres, TableInsert into, IReadOnlyList<T> rows)
        where T : IKeyedRow
    {
        var keys = new string[rows.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = rows[i].Key;

        using var command = new NpgsqlCommand(into.KnownSql, postgres);
        command.Parameters.AddWithValue("keys", NpgsqlDbType.Array | NpgsqlDbType.Text, keys);
        using var reader = command.ExecuteReader();
        var known = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
            known.Add(reader.GetString(0));
        return known;
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
