using System.Globalization;

namespace Tandem.Scenarios.Peers;

/// <summary>
/// One running server for a class of scenarios, and the sipps that play its phones. Each scenario takes numbers that nobody had before,
/// so that no binding of one is rung by another.
/// </summary>
public class SippServer : IAsyncLifetime
{
    /// <summary>How long a sipp may take; they take a part of a second on a machine that has time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // 112 is dialled for help, whoever has that number here.
    private const int FirstNumber = 120;
    private const int LastNumber = 219;

    private readonly ScratchFolder _scratch = new();
    private readonly string _folder;
    private int _number = FirstNumber;
    private Dnsmasq? _names;

    public SippServer() => _folder = _scratch.Sub("sipp");

    /// <summary>The domain that the name server knows: its SRV record leads to <see cref="EdgePort"/>.</summary>
    public static string Domain => "edge.test";

    /// <summary>Where the proxy of the scenarios listens.</summary>
    public int EdgePort { get; } = FreePorts.Next();

    public TandemServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var port = EdgePort.ToString(CultureInfo.InvariantCulture);
        _names = await Dnsmasq.StartAsync(
            _scratch.Path, $"srv-host=_sip._udp.{Domain},one.{Domain},{port},10,1", $"host-record=one.{Domain},127.0.0.1");
        var settings = new Dictionary<string, string>(Sipp.Waits)
        {
            ["EXT_MAX"] = $"{LastNumber}",
            ["AUTO_ANSWER"] = "true",
            ["SERVICE_ROUTE"] = "<sip:orig@proxy.test;lr>",
            ["DNS_SERVERS"] = _names.Address.ToString()!,
            ["BAN_FAILURES"] = "0",
        };
        Configure(_scratch.Path, settings);
        Server = await TandemServer.StartAsync(_scratch, settings);
    }

    public ValueTask DisposeAsync()
    {
        Server?.Dispose();
        _names?.Dispose();
        _scratch.Dispose();
        GC.SuppressFinalize(this);
        return default;
    }

    /// <summary>An extension that no scenario used before, at a port of its own.</summary>
    public SippPhone Phone()
    {
        Assert.True(_number <= LastNumber, "the scenarios of this class have more phones than the server has extensions");
        return new((_number++).ToString(CultureInfo.InvariantCulture), FreePorts.Next());
    }

    /// <summary>An extension whose contact is registered.</summary>
    public async Task<SippPhone> RegisteredAsync()
    {
        var phone = Phone();
        await RunAsync("registered", phone);
        return phone;
    }

    /// <summary>Plays one scenario to its end; it must succeed.</summary>
    public async Task RunAsync(string name, SippPhone phone, SippPhone? peer = null, bool overTcp = false, params (string Name, string Value)[] values)
    {
        using var sipp = Start(name, phone, peer, overTcp, values);
        await SucceedsAsync(name, sipp);
    }

    /// <summary>A call of the two scenarios <c>name.caller</c> and <c>name.callee</c>; both must succeed.</summary>
    public async Task CallAsync(string name, params (string Name, string Value)[] values)
    {
        var (caller, callee) = (Phone(), await RegisteredAsync());
        using var called = await ListenAsync(name + ".callee", callee, caller, false, values);
        using var calling = Start(name + ".caller", caller, callee, false, values);
        await SucceedsAsync(name + ".caller", calling, called);
        await SucceedsAsync(name + ".callee", called, calling);
    }

    /// <summary>Starts a scenario that begins by sending.</summary>
    public ChildProcess Start(string name, SippPhone phone, SippPhone? peer = null, bool overTcp = false, params (string Name, string Value)[] values) =>
        Launch(name, phone, peer, overTcp, values, string.Create(CultureInfo.InvariantCulture, $"{phone.Host}:{Server.SipPort}"));

    /// <summary>Starts a scenario that begins by waiting, and returns when its port is open.</summary>
    public async Task<ChildProcess> ListenAsync(
        string name, SippPhone phone, SippPhone? peer = null, bool overTcp = false, params (string Name, string Value)[] values)
    {
        var sipp = Launch(name, phone, peer, overTcp, values);
        await Sipp.ListensAsync(sipp, phone.Port, overTcp);
        return sipp;
    }

    /// <summary>A file that a scenario writes to say that it has come to its point.</summary>
    public string Signal() => Path.Combine(_folder, Guid.NewGuid().ToString("N"));

    /// <summary>Waits for such a file and returns its text. The sipps that lead to it are in the failure text.</summary>
    public static async Task<string> SignalledAsync(string signal, params ChildProcess[] sipps)
    {
        var until = DateTime.UtcNow + Patience;
        while (!File.Exists(signal))
        {
            Assert.True(DateTime.UtcNow < until, "no signal:\n" + string.Join("\n", sipps.Select(s => s.Output)));
            await Task.Delay(20);
        }

        return (await File.ReadAllTextAsync(signal)).Trim();
    }

    /// <summary>The sipp must end with 0; what the others printed helps to see why it did not.</summary>
    public static async Task SucceedsAsync(string name, ChildProcess sipp, params ChildProcess[] others)
    {
        var code = await sipp.ExitAsync(Patience);
        Assert.True(code == 0, $"{name} ended with {code}:\n{sipp.Output}\n{string.Join("\n", others.Select(o => o.Output))}");
    }

    /// <summary>Changes the settings of the server before it starts.</summary>
    protected virtual void Configure(string folder, Dictionary<string, string> settings)
    {
    }

    private ChildProcess Launch(string name, SippPhone phone, SippPhone? peer, bool overTcp, (string Name, string Value)[] values, params string[] target)
    {
        var all = new Dictionary<string, string>
        {
            ["me"] = phone.Number,
            ["peer"] = peer?.Number ?? phone.Number,
            ["edge"] = EdgePort.ToString(CultureInfo.InvariantCulture),
            ["domain"] = Domain,
        };
        foreach (var (key, value) in values)
            all[key] = value;
        return Sipp.Start(
            _folder, [.. target, "-sf", SippScript.Write(_folder, name, all), "-au", phone.Number, "-ap", TandemServer.Secret, "-i", phone.Host,
            "-p", phone.Port.ToString(CultureInfo.InvariantCulture), "-t", overTcp ? "t1" : "u1", "-m", "1", "-trace_err", "-trace_msg", "-timeout", "110s", "-timeout_error",
            .. all.TryGetValue("dialog", out var dialog) && name == "hang-up" ? new[] { "-cid_str", dialog } : []]);
    }
}
