using System.Globalization;

namespace Tandem.Load.Tables;

/// <summary>The command line of <c>bench/load/table</c>.</summary>
internal static class TableProgram
{
    private const string Usage = """
        bench/load/table [--write] [--long] [--only ROW] [--repeat N] [--seconds S] [--generators N] [--server-core C] [--generator-core C] [--first-port P] [--beside DLL]
          --write   also puts the table into docs/performance.md
          --long    counts the pauses of the garbage collector over 10 minutes instead of one
          --only    rows whose name begins so
          --beside  tandem.dll of another build, measured in the place of Kamailio: what a change has won or lost
        """;

    public static void Run(ReadOnlySpan<string> arguments, string benchDirectory)
    {
        var root = Path.GetFullPath(Path.Combine(benchDirectory, "..", ".."));
        var options = new TableOptions
        {
            BenchDirectory = benchDirectory,
            Assembly = Path.Combine(root, "src/Tandem.Server/bin/Release/net10.0/tandem.dll"),
        };
        if (arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return;
        }

        for (var i = 0; i < arguments.Length; i++)
        {
            string Value(ReadOnlySpan<string> all) => i + 1 < all.Length ? all[++i] : throw new ArgumentException($"{all[i]} needs a value\n{Usage}");
            options = arguments[i] switch
            {
                "--write" => options with { Page = Path.Combine(root, "docs/performance.md") },
                "--long" => options with { LongSeconds = 600 },
                "--only" => options with { Only = Value(arguments) },
                "--repeat" => options with { Repeat = int.Parse(Value(arguments), CultureInfo.InvariantCulture) },
                "--seconds" => options with { Seconds = double.Parse(Value(arguments), CultureInfo.InvariantCulture) },
                "--generators" => options with { Generators = int.Parse(Value(arguments), CultureInfo.InvariantCulture) },
                "--server-core" => options with { ServerCore = Value(arguments) },
                "--generator-core" => options with { GeneratorCore = Value(arguments) },
                "--beside" => options with { Beside = Path.GetFullPath(Value(arguments)) },
                "--first-port" => options with { FirstPort = int.Parse(Value(arguments), CultureInfo.InvariantCulture) },
                var other => throw new ArgumentException($"unknown option '{other}'\n{Usage}"),
            };
        }

        if (options.Page is not null && options.Only.Length > 0)
            throw new ArgumentException("--write puts the whole table into the page: leave out --only");
        if (!File.Exists(options.Assembly))
            throw new ArgumentException("build first: dotnet build Tandem.slnx -c Release");

        new Table(options).Make();
    }
}
