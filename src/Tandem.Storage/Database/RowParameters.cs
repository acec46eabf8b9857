using System.Data;
using System.Data.Common;

namespace Tandem.Storage.Database;

/// <summary>
/// Sets the parameters of a statement that runs for many rows. The first row makes them, the others only change values, so
/// a prepared statement is used again. Types are always given: PostgreSQL cannot guess the type of a null.
/// </summary>
internal ref struct RowParameters(DbParameterCollection parameters, Func<DbParameter> create)
{
    private int _next;

    public void Add(string name, string value) => Set(name, DbType.String, value);

    public void Add(string name, long value) => Set(name, DbType.Int64, value);

    public void Add(string name, long? value) => Set(name, DbType.Int64, value is { } number ? number : DBNull.Value);

    private void Set(string name, DbType type, object value)
    {
        if (_next == parameters.Count)
        {
            var parameter = create();
            parameter.ParameterName = name;
            parameter.DbType = type;
            parameters.Add(parameter);
        }

        parameters[_next++].Value = value;
    }
}
