"""Titles as outlets write them, by what they tell: each group is one piece of news.

Italian and English of one event are one group. Groups that stand side by side are near
on purpose: two releases, two holes, two people who say nearly the same.
"""

NEWS = [
    [
        "Linux Kernel 6.20 Released with New Scheduler",
        "Linux 6.20 kernel released with a new scheduler",
        "The Linux Kernel 6.20 is out with new scheduler",
        "Rilasciato il Kernel Linux 6.20 con un nuovo scheduler",
        "Kernel Linux 6.20: ecco il nuovo scheduler",
        "Torvalds pubblica Linux 6.20",
    ],
    ["Linux Kernel 6.19 Released with New Scheduler"],
    ["Linux Kernel 6.20 Released for Windows Subsystem"],
    [
        "GNOME 50 desktop environment arrives without X11 session",
        "GNOME 50 desktop environment released without X11 session",
        "GNOME 50 says goodbye to X11",
    ],
    ["GNOME 50 desktop environment: what to expect from the design"],
    [
        "KDE Plasma 6.6 lands with per-screen virtual desktops",
        "KDE Plasma 6.6 desktop released with per-screen virtual desktops",
        "Plasma 6.6 brings per-screen virtual desktops to KDE",
    ],
    ["KDE Plasma 6.6.1 fixes crashes on per-screen virtual desktops"],
    [
        "Debian 13.2 point release fixes 55 security bugs",
        "Debian 13.2 point release arrives with 55 security fixes",
    ],
    ["Debian 12.9 point release fixes 72 security bugs"],
    [
        "Critical OpenSSH vulnerability lets attackers run code as root",
        "Critical OpenSSH vulnerability allows attackers to run code as root",
        "OpenSSH: critical vulnerability lets remote attackers run code as root",
    ],
    ["Critical sudo vulnerability lets local users run code as root"],
    [
        "Firefox 150 adds vertical tabs for everyone",
        "Firefox 150 released, adds vertical tabs for everyone",
        "Mozilla ships Firefox 150 with vertical tabs",
    ],
    ["Firefox 151 adds vertical tab groups"],
    [
        "PostgreSQL 19 beta brings parallel vacuum and faster joins",
        "PostgreSQL 19 beta released with parallel vacuum, faster joins",
    ],
    ["PostgreSQL 18 gets parallel vacuum in a patch by a student"],
    [
        "Mesa 26.1 graphics stack released with faster Vulkan ray tracing",
        "Mesa 26.1 released with faster Vulkan ray tracing",
    ],
    ["Blender 6.0 gets faster Vulkan viewport"],
    [
        "Rust in the Linux kernel is no longer experimental",
        "Rust is no longer experimental in the Linux kernel",
        "Rust no longer an experiment in Linux kernel",
    ],
    ["A maintainer of Rust in the Linux kernel steps down"],
    ["Ubuntu 26.10 drops 32-bit packages for gamers", "Ubuntu 26.10 to drop 32-bit packages"],
    ["Ubuntu 26.10 gets a new installer"],
    ["Kernel Linux 6.21, si parte con la prima release candidate"],
    [
        "Il comune di Bologna passa a LibreOffice per tutti gli uffici",
        "Bologna, il comune passa a LibreOffice in tutti gli uffici",
    ],
    ["Il comune di Torino passa a Linux per tutti gli uffici"],
    [
        "LibreOffice 26.8 disponibile: tutte le novità della suite",
        "Disponibile LibreOffice 26.8, le novità della suite per ufficio",
    ],
    ["LibreOffice compie quindici anni: una suite libera per tutti"],
    [
        "Grave falla in OpenSSL: aggiornate subito i server",
        "Falla grave in OpenSSL, aggiornate subito i vostri server",
        "OpenSSL, corretta una vulnerabilità critica",
    ],
    ["Grave falla in Apache: aggiornate subito"],
    [
        "Fedora 44 abbandona le sessioni X11 di GNOME",
        "Fedora 44 abbandona X11: via le sessioni GNOME",
        "Addio a X11 in Fedora 44",
    ],
    ["Fedora 44 sposta l’uscita di una settimana"],
    [
        "Linux Day 2026, i programmi delle città italiane",
        "Linux Day 2026: ecco i programmi nelle città italiane",
    ],
    ["Linux Day 2026, aperte le iscrizioni per le città"],
    ["Come installare Arch Linux su un portatile in dieci passi"],
    ["Come installare Debian su un portatile in dieci passi"],
    ["This week in GNOME: new icons and settings"],
    ["This week in KDE: new icons and panels"],
    [
        "Mozilla lascia la pubblicità e torna a parlare di privacy",
        "Mozilla torna a parlare di privacy e lascia la pubblicità",
    ],
    ["Steam su Linux supera il cinque per cento degli utenti"],
]
