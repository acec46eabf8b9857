using System.Data;
using System.Data.Common;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Tandem.Storage.Database;

/// <summary>
/// Sets the parameters of a statement that runs for many rows: of a command of the provider, or of a statement of SQLite itself; or writes the fields of a row
/// of a COPY.
/// With a command the first row makes them, the others only change values, so a prepared statement is used again. Types are
/// always given: PostgreSQL cannot guess the type of a null.
/// </summary>
internal ref struct RowParameters
{
    private readonly DbParameterCollection? _parameters;
    private readonly Func<DbParameter>? _create;
    private readonly SqliteStatement? _statement;
    private readonly NpgsqlBinaryImporter? _importer;
    private int _next;

    public RowParameters(DbParameterCollection parameters, Func<DbParameter> create)
    {
        _parameters = parameters;
        _create = create;
    }

    public RowParameters(SqliteStatement statement) => _statement = statement;

    public RowParameters(NpgsqlBinaryImporter importer) => _importer = importer;

    public void Add(string name, string value)
    {
        if (_importer is not null)
            _importer.Write(value, NpgsqlDbType.Text);
        else if (_statement is null)
            Set(name, DbType.String, value);
        else
            _statement.Bind(_next++, name, value);
    }

    /// <summary>Adds text that is UTF-8 already.</summary>
    public void AddUtf8(string name, ReadOnlySpan<byte> value)
    {
        if (_importer is not null)
            _importer.Write(Encoding.UTF8.GetString(value), NpgsqlDbType.Text);
        else if (_statement is null)
            Set(name, DbType.String, Encoding.UTF8.GetString(value));
        else
            _statement.BindUtf8(_next++, name, value);
    }

    public void Add(string name, long value)
    {
        if (_importer is not null)
            _importer.Write(value, NpgsqlDbType.Bigint);
        else if (_statement is null)
            Set(name, DbType.Int64, value);
        else
            _statement.Bind(_next++, name, value);
    }

    public void Add(string name, long? value)
    {
        if (value is { } number)
            Add(name, number);
        else if (_importer is not null)
            _importer.WriteNull();
        else if (_statement is null)
            Set(name, DbType.Int64, DBNull.Value);
        else
            _statement.BindNull(_next++, name);
    }

    /// <summary>Adds an array, for a statement of PostgreSQL.</summary>
    public void Add(string name, string[] values) => SetArray(name, NpgsqlDbType.Text, values);

    /// <inheritdoc cref="Add(string, string[])"/>
    public void Add(string name, long[] values) => SetArray(name, NpgsqlDbType.Bigint, values);

    private void SetArray(string name, NpgsqlDbType type, object values)
    {
        if (_next == _parameters!.Count)
            _parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type));
        _parameters[_next++].Value = values;
    }

    private void Set(string name, DbType type, object value)
    {
        if (_next == _parameters!.Count)
        {
            var parameter = _create!();
            parameter.ParameterName = name;
            parameter.DbType = type;
            _parameters.Add(parameter);
        }

        _parameters[_next++].Value = value;
    }
}
