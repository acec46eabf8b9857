using Npgsql;

namespace Tandem.Storage.Database;

/// <summary>Reads POSTGRES_URL in both of its spellings: a URL, or key=value pairs.</summary>
internal static class PostgresUrl
{
    /// <exception cref="StorageException">It is neither; the message never repeats the password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        try
        {
            return text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
                || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase)
                    ? FromUrl(text)
                    : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new StorageException(
                "POSTGRES_URL cannot be read: expected postgresql://user:password@host:port/database or Host=…;Database=…;Username=…", e);
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        var url = new Uri(text, UriKind.Absolute);
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = url.IdnHost.Length == 0 ? "localhost" : url.IdnHost,
            Port = url.Port > 0 ? url.Port : 5432,
        };

        var colon = url.UserInfo.IndexOf(':');
        var user = Uri.UnescapeDataString(colon < 0 ? url.UserInfo : url.UserInfo[..colon]);
        if (user.Length > 0)
            builder.Username = user;
        if (colon >= 0)
            builder.Password = Uri.UnescapeDataString(url.UserInfo[(colon + 1)..]);

        var database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/'));
        if (database.Length > 0)
            builder.Database = database;

        foreach (var pair in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=');
            var name = Uri.UnescapeDataString(equals < 0 ? pair : pair[..equals]);
            var value = equals < 0 ? "" : Uri.UnescapeDataString(pair[(equals + 1)..]);
            Apply(builder, name, value);
        }

        return builder;
    }

    // The names of libpq where they differ from Npgsql's; every other name is taken as Npgsql spells it.
    private static void Apply(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name.ToLowerInvariant())
        {
            case "sslmode":
                builder.SslMode = Enum.Parse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true);
                break;
            case "connect_timeout":
                builder.Timeout = int.Parse(value, System.Globalization.CultureInfo.InvariantCulture);
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            case "sslrootcert":
                builder.RootCertificate = value;
                break;
            case "search_path" or "schema":
                builder.SearchPath = value;
                break;
            default:
                builder[name] = value;
                break;
        }
    }
}
