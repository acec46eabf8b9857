using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Tandem.Storage.Database;

/// <summary>Binds SQLite to the library of the operating system; no native code is shipped.</summary>
internal static class SystemSqlite
{
    private static readonly string[] Names = OperatingSystem.IsMacOS()
        ? ["libsqlite3.dylib", "/usr/lib/libsqlite3.dylib"]
        : OperatingSystem.IsWindows() ? ["winsqlite3.dll", "sqlite3.dll"] : ["libsqlite3.so.0", "libsqlite3.so"];

    // SQLITE_CONFIG_MEMSTATUS
    private const int MemoryStatistics = 9;

    private static readonly Lazy<string?> Failure = new(Bind);

    /// <summary>Loads the library once.</summary>
    /// <exception cref="StorageException">There is none; the message says what to install.</exception>
    public static void Load()
    {
        if (Failure.Value is { } failure)
            throw new StorageException(failure);
    }

    private static string? Bind()
    {
        var handle = Names.Select(name => NativeLibrary.TryLoad(name, out var found) ? found : 0).FirstOrDefault(found => found != 0);
        if (handle == 0)
            return "SQLite is not installed: install the Debian package libsqlite3-0 (apt-get install libsqlite3-0), or set POSTGRES_URL";

        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, (string name, Assembly _, DllImportSearchPath? _) =>
            name == "e_sqlite3" ? handle : 0);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());

        // Nobody reads SQLite's own account of its memory, and it costs a lock for each text that is bound. Where the library is in
        // use already it refuses, and keeps the account. The call is variadic, which only Linux passes like any other.
        if (OperatingSystem.IsLinux())
            _ = raw.sqlite3_config(MemoryStatistics, 0);
        return null;
    }
}
