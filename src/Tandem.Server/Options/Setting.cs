using System.Reflection;
using Tandem.Core.Privacy;
using Tandem.Server.Options.Kinds;

namespace Tandem.Server.Options;

/// <summary>One setting: its names, what it accepts, its default and why it is so.</summary>
public sealed class Setting
{
    private readonly PropertyInfo[] _path;
    private readonly string? _defaultText;

    internal Setting(string name, string[] aliases, string group, ValueKind kind, PropertyInfo[] path, string reason, bool isMain, string? defaultText)
    {
        Name = name;
        Aliases = aliases;
        Group = group;
        Kind = kind;
        Reason = reason;
        IsMain = isMain;
        _path = path;
        _defaultText = defaultText;
    }

    /// <summary>The name in the environment, in <c>.env</c> and in appsettings.json.</summary>
    public string Name { get; }

    /// <summary>Other names, taken when the first one is not set.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The heading that it stands under.</summary>
    public string Group { get; }

    public ValueKind Kind { get; }

    /// <summary>What it does, and why the default is what it is.</summary>
    public string Reason { get; }

    /// <summary>True for the settings that <c>tandem serve --help</c> lists; the others are reached by <c>--set NAME=VALUE</c>.</summary>
    public bool IsMain { get; }

    /// <summary>The option on the command line: <c>--sip-port</c>.</summary>
    public string OptionName => "--" + Name.ToLowerInvariant().Replace('_', '-');

    /// <summary>True for passwords and what holds one: never printed.</summary>
    public bool IsSecret => _path[^1].PropertyType == typeof(Secret);

    /// <summary>The property behind it, as a path from <see cref="TandemOptions"/>: <c>Server.SipPort</c>.</summary>
    public string PropertyPath => string.Join('.', _path.Select(p => p.Name));

    /// <summary>The default as text for people.</summary>
    public string DefaultText => _defaultText ?? Format(new TandemOptions());

    /// <summary>The value in <paramref name="options"/> as text for people; <c>***</c> for a secret.</summary>
    public string Format(TandemOptions options)
    {
        var value = Read(options, _path.Length);
        return IsSecret ? (value is null ? "" : "***") : Kind.Format(value);
    }

    /// <summary>Parses <paramref name="text"/> into the property of <paramref name="options"/>; false when it is not accepted.</summary>
    internal bool TrySet(TandemOptions options, string text)
    {
        if (!Kind.TryParse(text, _path[^1].PropertyType, out var value))
            return false;

        // Only the loader calls this, on an instance that nobody else has seen yet.
        _path[^1].SetValue(Read(options, _path.Length - 1), value);
        return true;
    }

    private object? Read(TandemOptions options, int steps)
    {
        object? current = options;
        for (var i = 0; i < steps; i++)
            current = _path[i].GetValue(current);

        return current;
    }
}
