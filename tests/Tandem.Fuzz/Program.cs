using System.Globalization;
using Tandem.Fuzz;

// Without arguments of its own it is a test program like the others: the bounded run of ./test. With --target it fuzzes as long as asked.
//   dotnet tests/Tandem.Fuzz/bin/Release/net10.0/Tandem.Fuzz.dll --target uri --runs 10000000 --seed 7
//   ... --target all --runs 1000000      ... --target message --input 'INVITE sip:a SIP/2.0\r\n'
if (args is not ["--target", var target, ..])
    return await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);

long runs = 1_000_000;
var seed = Environment.TickCount;
string? input = null;
for (var i = 2; i + 1 < args.Length; i += 2)
{
    switch (args[i])
    {
        case "--runs":
            runs = long.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        case "--seed":
            seed = int.Parse(args[i + 1], CultureInfo.InvariantCulture);
            break;
        case "--input":
            input = args[i + 1];
            break;
        default:
            Console.Error.WriteLine($"unknown option '{args[i]}'; accepted: --target NAME|all, --runs N, --seed S, --input TEXT");
            return 2;
    }
}

var chosen = FuzzTargets.All.Where(t => target == "all" || t.Name == target).ToList();
if (chosen.Count == 0)
{
    Console.Error.WriteLine($"no target '{target}'; there are: {string.Join(' ', FuzzTargets.All.Select(t => t.Name))}");
    return 2;
}

foreach (var one in chosen)
{
    if (input is not null)
    {
        Console.WriteLine($"{one.Name}: signature {one.Run(Escapes.Read(input))}");
        continue;
    }

    try
    {
        var run = new FuzzRun(one, seed);
        run.Go(runs);
        Console.WriteLine($"{one.Name}: {runs} runs, seed {seed}, {run.Signatures} signatures");
    }
    catch (FuzzFailure failure)
    {
        Console.WriteLine(failure);
        return 1;
    }
}

return 0;
