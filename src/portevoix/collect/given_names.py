"""Given names common in France and in English-speaking countries: enough to see that a pair of capitals is a person."""

GIVEN_NAMES = frozenset(
    """
Abdallah Abdel Abdelkader Abdou Abdoulaye Adam Adama Adel Adèle Adeline Adriana Adrien Adrienne Agathe Agnès Agnieszka Ahmed Ahmet Aïcha
Aïssa Aïssatou Aksel Alain Alan Alban Albert Alessandro Alessia Alex Alexandra Alexandre Alexandru Alexia Alexis Alfred Ali Alice Alicia
Alima Aline Aliou Alison Alix Alma Alphonse Alvin Alyssa Amadou Amal Amanda Amandine Amar Amaury Ambroise Amel Amélia Amélie Amina Amir
Amira Amparo Amy Ana Anaïs Anass Anastasia André Andrea Andréa Andrei Andrew Andrzej Angela Angélique Anh Anissa Anita Ann Anna Annabelle
Anne Anne-Laure Anne-Marie Anne-Sophie Annick Annie Anouk Anselme Anthony Antoine Antonella Antonia Antonin Antonio Antony Apolline Ariane
Aristide Arlette Armand Armande Armelle Arnaud Arnold Arsène Artem Arthur Arturo Assane Assata Assia Astrid Aubin Aude Audrey Audric Auguste
Augustin Aurélia Aurélie Aurélien Aurore Ava Axel Aya Aymeric Ayoub Aziz Azzedine Babette Bakary Balthazar Baptiste Barbara Barnabé Basile
Bastien Béatrice Beatriz Bella Ben Bénédicte Benjamin Benoît Bérangère Bérengère Bérénice Bernadette Bernard Bernardo Berthe Bertille
Bertrand Beth Betty Beverly Bianca Bilal Billy Binta Björn Blaise Blandine Bob Bobby Boris Boubacar Bradley Brahim Brandon Brenda
Brendan Brett Briac Brian Brice Bridget Brieuc Brigitte Bruno Bryan Byron Callum Calvin Cameron Camille Capucine Carine Carl Carla Carlos
Carmen Carole Caroline Carolyn Cassandra Catalina Catherine Cathie Cathy Cécile Cecilia Cédric Céleste Célestin Célia Célimène Céline Chad
Chafik Chantal Chantel Charlène Charles Charlie Charline Charlotte Cheikh Chiara Chloe Chloé Chris Christel Christelle Christian Christiane
Christina Christine Christophe Christopher Cindy Claire Claire-Marie Clara Clarissa Clarisse Claude Claudette Claudia Claudine Claudio
Clémence Clément Clotilde Clovis Cody Colette Colin Colleen Concetta Constance Constantin Coralie Corentin Corinna Corinne Cosima Craig
Cristina Curtis Cynthia Cyprien Cyrielle Cyril Cyrille Dalila Damian Damien Dan Daniel Danielle Danny Daouda Daphné Darren Dave David Davide
Debbie Deborah Delphine Denis Denise Dennis Derek Diana Diane Didier Diego Dieter Dimitri Dina Djamel Djamila Djibril Dmitri Domenico
Dominique Donald Donatien Donna Donovan Dora Dorian Doris Dorothée Dorothy Doug Douglas Duncan Dylan Eddy Edgar Édith Edith Edmond Edna
Édouard Eduardo Edward Edwige Edwin Eileen Elaine Eleanor Elena Eleni Éléonore Éliane Elias Élie Eliot Elisa Élisabeth Élise Elizabeth Ellen
Ellie Elliot Élodie Éloi Éloïse Elsa Elvira Élyse Émeline Émile Émilie Emilio Emily Emma Emmanuel Emmanuelle Emmy Emre Enguerrand Enora
Enrique Enzo Éric Erica Ernest Ernesto Erwan Erwann Estéban Estelle Esther Ethan Ethel Étienne Eugène Eugénie Eunice Eva Evan Ève Evelyn
Évelyne Ewan Ézéchiel Fabien Fabienne Fabiola Fabrice Fabricio Fadila Fanny Fanta Farid Fatih Fatiha Fatima Fatma Fatou Fatoumata Faustine
Fayçal Federico Félicie Félicité Felipe Félix Femi Ferdinand Fergus Fernand Fernande Fernando Filip Fiona Firmin Flavie Flavien Flora
Florence Florent Florian Floriane Foued Francesca Francesco Francine Francis Francisco Franck François Françoise Frank Franklin Fred Freda
Freddy Frédéric Frédérique Frida Fritz Gabin Gabriel Gabriele Gabriella Gabrielle Gaël Gaëlle Gaëtan Gareth Garry Gary Gaspard Gaston
Gauthier Gautier Gavin Gemma Geneviève Geoffrey Geoffroy George Georges Georgette Georgia Georgina Gérald Géraldine Gérard Germain Germaine
Gertrude Ghislain Ghislaine Ghizlane Gianni Gilbert Gilberte Gilles Giovanni Gisèle Giselle Giulia Giuseppe Glenn Gloria Godefroy Gonzague
Gordon Graham Gregory Grégory Greta Guénolé Guilhem Guillaume Guillemette Gurvan Gustave Gustavo Guy Gwen Gwenaël Gwenaëlle Gwendoline
Gwénola Habib Hadrien Hafida Hafsa Hakim Halima Hamid Hamidou Hamza Hanane Hanna Hannah Hans Harold Haroun Harriet Harrison Harry Hasna
Hassan Hayat Heather Hector Hedwige Heidi Heinz Helen Helena Hélène Helga Héloïse Henri Henriette Henry Herbert Hermann Hermine Hervé Hicham
Hilda Hind Hippolyte Holly Honorine Horace Hortense Houda Houria Howard Hubert Hugh Hugo Hugues Huguette Hussein Ian Ibrahim Ibtissam Ida
Idriss Ignace Igor Ilan Ilham Ilona Ilyes Iman Imane Imen Imogen Iñaki Inaya Ines Inès Ingrid Iñigo Ioana Irene Irène Irina Isaac Isabelle
Isaline Isaure Isis Ismaël Ismaïl Issa Issam Ivan Ivana Ivy Jack Jackie Jacky Jacob Jacopo Jacqueline Jacques Jaime Jake Jalil James Jamila
Jan Jane Janet Janice Janine Jason Javier Jay Jayden Jean Jean-Baptiste Jean-Bernard Jean-Charles Jean-Christophe Jean-Claude Jean-Daniel
Jean-Denis Jean-Éric Jean-François Jean-Guy Jean-Jacques Jean-Louis Jean-Luc Jean-Marc Jean-Marie Jean-Michel Jean-Noël Jean-Paul
Jean-Philippe Jean-Pierre Jean-Yves Jeanne Jeannette Jeannine Jeff Jeffrey Jehanne Jenna Jennifer Jenny Jérémie Jérémy Jérôme Jerry Jesse
Jessica Jessie Jesús Jill Jim Jimmy Joachim Joan Joana Joanna Joanne João Jocelyn Jocelyne Jodie Joe Joël Joelle Joëlle Joey Joffrey Johan
Johann Johanna John Johnny Jonas Jonathan Jonathon Jordan Jordane Jorge José Josef Joseph Joséphine Josette Joshua Josiane Josselin Josué
Juan Juanita Judith Judy Jules Julia Juliana Julianna Julianne Julie Julien Julienne Juliette Julio Justin Justine Kader Kadiatou Kamel
Karen Karim Karima Karine Karl Karla Kassandra Katarzyna Kate Katell Katherine Kathleen Kathy Katia Katie Kay Kaya Kayla Kaylee Keira Keith
Kelly Kelvin Ken Kenneth Kenny Kenza Kerry Kevin Khadija Khaled Khalid Kheira Kiara Kieran Kilian Killian Kim Kirsten Klaus Koffi Kristen
Kristina Krzysztof Kurt Kyle Lachlan Ladislas Laëtitia Laetitia Lahcen Laila Lakhdar Lamia Lamine Lara Larissa Larry Lars Lassana
Latifa Laura Laure Lauren Laurence Laurène Laurent Laurette Laurie Laurine Lauryn Lea Léa Leah Léandre Lee Leila Leïla Lena Lenny Léo Léon
Léonard Leonardo Léonie Leonor Léontine Léopold Leslie Lewis Liam Lila Lilian Liliana Liliane Lilly Lily Lina Linda Linh Lino Lionel Lisa
Lise Lisette Livia Liz Lloyd Loïc Loïs Lola Lorena Lorenzo Loretta Lotte Lou-Ann Louane Louis Louisa Louise Louisette Loukas Luc Luca Lucas
Lucian Lucie Lucien Lucienne Lucile Lucille Ludovic Luigi Luis Luisa Luka Luke Luna Lydia Lydie Lylia Lynda Lynn Mabel Maddie Madeleine
Madison Maël Maëlle Maëlys Maëva Magali Magalie Magdalena Magnus Maïa Maïssa Maïté Majid Malcolm Malik Malika Malo Mamadi Mamadou Mandy
Manel Manolo Manon Mansour Manuel Marc Marceau Marcel Marcela Marcelle Marcello Marcia Marcin Marco Marcus Margaret Margarita Margaux Margot
Marguerite Maria Mariam Mariama Mariana Marianne Marie Marie-Anne Marie-Cécile Marie-Christine Marie-Claude Marie-France Marie-Hélène
Marie-José Marie-Laure Marie-Line Marie-Louise Marie-Noëlle Marie-Odile Marie-Paule Marie-Pierre Marie-Rose Marie-Thérèse Marielle Mariette
Marilyn Marina Marine Mario Marion Marisa Marissa Marius Mariusz Marjorie Marlène Marlon Martha Marthe Martial Martin Martine Marvin Marwa
Marwan Mary Maryam Maryline Maryse Maryvonne Massimo Matéo Mathéo Mathias Mathieu Mathilde Mathis Mathurin Matilda Matteo Matthew Matthias
Matthieu Mattia Maud Maura Maureen Maurice Maxence Maxime Maximilien Maya Mayssa Mbaye Megan Mégane Mehdi Mei Melanie Mélanie Mélina Mélinda
Mélissa Mélissandre Melvin Meredith Mériem Meryem Mia Micaela Michaël Michael Michaela Michel Michèle Micheline Michelle Mickaël Miguel
Mihai Mike Mila Milan Mildred Milena Milo Mina Minh Mireille Miriam Mitch Mohamed Mohammad Mohammed Mohand Moïse Momo Mona Monica Monique
Morgan Morgane Moritz Mouna Mounir Mourad Moussa Muhammad Muriel Murielle Murray Mustapha Mylène Myriam Myrtille Nabil Nabila Nacer Nacim
Nadège Nadia Nadine Nadir Nadjet Nahla Naïma Nancy Naomi Naoufel Nasser Nassim Nassima Nastasia Natacha Natasha Nathalie Nathan Nathanaël
Nathaniel Nawal Nawel Neil Nelly Nelson Nesrine Nestor Niamh Nicholas Nick Nicolás Nicolas Nicole Nigel Nikita Nils Nina Ninon Nisrine Noa
Noah Noël Noélie Noëlle Noémie Nolan Nolwenn Nora Norah Norbert Nordine Noreen Norman Nour Noura Nuno Oceane Octave Octavie Odette Odile
Odilon Ögnur Oksana Olaf Oleg Olena Olga Olimpia Oliver Olivia Olivier Ollie Olumide Olympe Omar Omayma Ophélie Oriane Orlando Ornella Oscar
Othman Otto Ouassim Oumaïma Oumar Oumou Oumy Ousmane Pablo Paloma Pamela Paola Paolo Pascal Pascale Pascaline Patrice Patricia Patricio
Patrick Patty Paul Paula Paulette Paulin Pauline Paulo Pavel Pawel Pedro Peggy Penelope Perceval Perrine Pete Peter Petra Phil Philibert
Philip Philippa Philippe Philomène Phoebe Phyllis Pierre Pierrette Pierric Pierrick Piotr Polly Prisca Priscilla Priscille Priya Quentin
Rabah Rabia Rachel Rachelle Rachid Rachida Radia Rafael Rahim Rajesh Ralf Ralph Ramon Ramona Ramzi Rania Raoul Raphaël Raphaëlle Rashid Ravi
Rayan Raymond Raymonde Rebecca Réda Régine Régis Réjane Rémi Rémy Renata Renato Renaud René Renée Réza Rhys Ricardo Richard Rick Ricky Rita
Ritchie Rkia Robbie Robert Roberta Roberto Robin Robyn Rocco Rochelle Rod Rodney Rodolphe Rodrigo Rodrigue Rogelio Roger Rokia Roland
Rolande Romain Roman Romane Roméo Romuald Ron Ronald Ronan Ronnie Rory Rosa Rosalie Rosario Roselyne Rosemary Rosie Rosine Ross Roxane
Roxanne Roy Ruben Rudi Rudy Rufus Russell Ruth Ryan Rym Sabine Sabrina Sacha Sadia Sadio Safia Saïd Salah Salif Salim Salima Saliou Sally
Salma Salomé Salvador Salvatore Samantha Samba Sami Samia Samir Samira Samson Samuel Samy Sander Sandra Sandrine Sandy Sanjay Santiago Sara
Sarah Saskia Saul Savannah Scarlett Scott Sean Sebastian Sébastien Ségolène Sékou Sélim Selma Séraphin Serena Serge Sergey Sergio Séverine
Seydou Shane Shannon Sharon Shaun Shauna Sheila Shelley Sherry Shirley Sid Sidney Sidonie Siegfried Sigrid Siham Silvia Siméon Simon Simone
Siobhan Sixtine Slimane Sofia Soizic Soizick Solange Solène Solenn Solenne Solveig Sonia Sonny Sophia Sophian Sophie Soraya Souad Soufiane
Soukaina Souleymane Stacy Stan Stanislas Stefan Stefania Stefano Stella Stéphan Stéphane Stéphanie Stephen Steve Steven Stuart Sulivan
Susan Suzanne Suzie Sven Svetlana Swann Sybille Sylvain Sylvestre Sylvette Sylviane Sylvie Tamara Tammy Tancrède Tanguy Tania Tanya Tara
Tarek Tarik Tariq Tasha Tatiana Taylor Ted Terence Térésa Teresa Terry Tess Tessa Thaïs Thalia Thanh Thea Thelma Theo Théo Theodore Théodore
Théophile Theresa Thérèse Thi Thibaud Thibault Thibaut Thierno Thierry Thomas Tiago Tiffany Tilda Tilio Tim Timéo Timothée Timothy Tina
Titouan Tobias Toby Todd Tom Tomas Tomasz Toni Tony Toufik Tracy Travis Trevor Tricia Tristan Troy Tuan Tyler Tyrone Ugo Ulrich Ulysse
Ursula Valentin Valentina Valentine Valérie Valery Vanessa Vasile Véra Vernon Véronique Vicky Victoire Victor Victoria Vikram Vincent
Vincente Viola Violaine Virgile Virginia Virginie Vito Viviane Vivien Vivienne Vladimir Wahiba Walid Walter Wanda Warren Wassila Wassim
Wayne Wei Wendy Wesley Whitney Wilfred Wilfried Wilhelm William Willy Winifred Wissam Wolfgang Xavier Xavière Xiaoming Yacine Yaël Yahia
Yanis Yann Yann-Gaël Yannick Yannis Yara Yasmin Yasmina Yasmine Yassin Yassine Yaya Yoann Yohan Yohann Yolande Youcef Younès Youri Yousra
Owen Tilly Ximena Nigel Aoife Eoin Niall Cillian Declan Padraig Ciara Orla Sinead Roisin Maeve Saoirse Fionn Ewan Euan Hamish Iain Angus Alistair Alasdair
Catriona Isla Eilidh Morag Blair Bronwyn Gwyneth Gethin Dylan Elin Carys Cerys Ffion Geraint Huw Ieuan Nia Seren Sian Gwyn Barry Bernie Bertie Archie
Alfie Freddie Ollie Billie Charley Jamie Frankie Georgie Reggie Ronny Teddy Tommy Vinnie Zak Zack Zach Josh Matt Mick Micky Nate Greg Geoff Jez Gaz Baz
Trish Trudy Tracey Stacey Kayleigh Keeley Kirsty Kirstie Leanne Lorraine Lynne Lynette Maxine Marlene Noreen Paige Pippa Poppy Rhiannon Rosalind Sadie
Shona Sheena Sonja Suki Tabitha Tanisha Tasha Thandi Yvette Zara Zainab Zoe Abigail Abbie Alicja Amelia Anjali Anita Ananya Aarav Arjun Deepa Deepak
Dinesh Gaurav Harpreet Harsh Imran Ishaan Jaspreet Kavita Kiran Lakshmi Manish Manoj Meera Mohan Nadeem Naveen Neha Nikhil Nisha Pooja Pradeep Prakash
Preeti Rahul Raj Raja Rajiv Rakesh Ramesh Rekha Rohan Rohit Sachin Sandeep Sanjeev Shilpa Shreya Sunil Sunita Suresh Usha Vijay Vikas Vinod Vivek Yash
Aaliyah Aisha Ayesha Bushra Farah Farhan Fatimah Faisal Hira Humaira Iqbal Javed Kashif Maryam Nadeem Naseem Omer Rukhsana Saima Sana Shabana Shazia
Tahir Tariq Usman Uzma Waseem Yasir Zahra Zeeshan Abiodun Adaeze Adebayo Ade Ayo Bola Chidi Chiamaka Chinedu Chioma Emeka Ebele Folake Ifeoma Kemi
Kwame Kofi Kwabena Ngozi Nkechi Obinna Olu Oluwaseun Segun Tunde Uche Yemi Themba Sipho Thabo Nomsa Zanele Lerato Agata Aleksandra Aleksander Anja
Bartek Beata Bogdan Dariusz Dorota Ewa Grzegorz Iwona Jacek Jakub Joanna Justyna Kamil Kasia Kinga Lukasz Łukasz Maciej Magda Malgorzata Marek Mateusz
Michal Mirek Natalia Paweł Przemek Radek Rafal Slawek Tadeusz Wojtek Zbigniew Zuzanna Bogdana Cristian Dumitru Florin Gheorghe Ionut Liviu Mircea Radu
Razvan Sorin Vasile Viorel Alejandro Alvaro Angeles Beatrix Carlota Consuelo Cristobal Dolores Encarna Esteban Fernanda Gonzalo Guadalupe Hernan Ignacio
Inmaculada Isidro Jimena Joaquin Lourdes Luciana Macarena Marisol Mercedes Montserrat Nieves Noelia Pilar Ramiro Raquel Rocio Soledad Yolanda Duarte
Fatma Filipa Graça Ines Joaquim Leandro Manuela Paulo Rui Tiago Vasco Zeferino Aylin Ayse Ayşe Burak Cem Deniz Elif Emine Eren Fatih Hakan Hatice Hülya
Kemal Mehmet Murat Mustafa Nuray Orhan Osman Ozan Ozlem Özlem Selin Serkan Sibel Sinem Tolga Tugba Volkan Yildiz Hiroshi Haruki Kenji Sakura Naoko
Akira Yumi Keiko Takeshi Wei Xin Jing Jun Ling Mingyu Min-jun Ji-woo Soo-jin Thuy Trang Phuong Quang Huong Duc Hung Lan Ngoc Tuyet Sunniva Ingeborg
Astri Bjorn Freja Gunnar Henrik Jens Jesper Jorgen Kirsten Lasse Linnea Maja Mads Magnus Mette Mikkel Niels Nikolaj Olav Rasmus Signe Soren Sigurd Ulla
Anneliese Dietmar Friedrich Gerhard Gisela Gudrun Heike Heinrich Helmut Horst Ilse Jürgen Jurgen Katja Kerstin Lothar Manfred Monika Renate Sabrina
Silke Ulrike Uwe Wilma Ambre Adélaïde Albane Aloïs Alizée Alizee Amandine Anaelle Anaëlle Angelina Angèle Angelo Ange-Marie Armelle Arlène Aurèle
Aristote Athénaïs Augustine Auriane Ayline Béa Bérénice Brune Cathia Candice Cannelle Caty Célian Césaire César Chantale Charlène Charly Cindie Cléa
Cléo Cléopâtre Coline Côme Coraline Cyprienne Cyr Daphnée Denez Dorine Edmée Edwina Eléa Eléonore Elia Elian Elio Eliott Éline Eline Elora Eloise Élina
Elouan Emmie Énora Ermeline Ernestine Esmée Éva Evaëlle Ézio Fantine Félicien Florentin Florentine Florette Franckie Gaby Gabie Gaëtane Garance Gérôme
Ghyslaine Gislaine Guenaëlle Guénaëlle Guylaine Gwénaëlle Gwladys Hélie Henriette Honoré Inaïa Iban Ilona Ilyana Imran Isabeau Isadora Ismael Issac
Jacinthe Jade Jeannot Jehan Jennyfer Jeremy Jerome Joana Johanne Jordi Jo-Ann Josépha Judicaël Julian Katel Kelyan Kenzo Kévin Kylian Laëticia Laly
Lana Lanna Léana Léandra Lenaïc Lénaïc Lenny Léonce Léontin Lilou Lilwenn Line Loane Loan Loïse Loona Lorette Lorine Louanne Louison Louka Lubin Lucette
Lucienne Ludivine Luce Lya Lyam Lylou Lysandre Mélusine Maddy Maelle Maëlie Maelys Maïwenn Malou Malvina Manoé Marc-Antoine Marc-André Margerie Margaud
Marianna Marie-Ange Marie-Jeanne Marie-Josée Marie-Paule Marius Marjolaine Marylène Marylin Marylou Mathys Mathilda Maurane Maëline Mélodie Mélody
Mercédès Milan Milla Myrtille Nadjia Naël Nans Naïm Nathéo Nestor Ninon Noam Noémi Nolann Nolwen Océane Odélia Ombeline Oréade Orlane Ornella Othilie
Oxana Paco Palmyre Pénélope Perle Perrine Pétronille Philippine Pia Pierre-Antoine Pierre-Louis Pierre-Yves Prune Quitterie Rafaël Raphael Rébecca
Réjean Renaude Robinson Rodrigue Rolland Romy Ronane Rosalia Roselyne Rosita Rozenn Sabin Salvatore Samy Sandie Sarra Servane Shaïma Sibylle Simonne
Soizig Solal Soléna Solweig Sophia Stanislas Steven Sullivan Suzon Swan Sylvia Sylviane Tania Téo Thaddée Théa Tiana Tiphaine Tess Tino Tony Ugo
Urbain Valérian Valère Véra Véronika Victorien Victorine Vinciane Violette Viviana Wendie Yanick Yannig Yasmina Yoan Yoann Yolène Yoni Ysaline Yvan
Yveline Yvelise Yvon Zélia Zelda Zoélie Brahim Chérif Driss Fouad Ghislain Hichem Jamal Jawad Kaïs Lotfi Mahdi Marouane Mokhtar Nabila Najat Nassera
Oualid Ouarda Rafik Redouane Riad Sabah Saïda Saida Samira Sihem Sofiane Tahar Taïeb Tayeb Wafa Walid Yasser Yasmine Yazid Zahia Zakia Zoubir Zoubida
Adjoua Aminata Awa Coumba Djeneba Fatoumata Hawa Ibrahima Kadidiatou Khady Maïmouna Mamady Mariame Moussa Ndeye Oumar Penda Rokhaya Sadio Seynabou
Youssef Ysabel Yseult Yuki Yuri Yusuf Yves Yvette Yvonne Zacharie Zachary Zakaria Zélie Zeynep Ziad Zied Zineb Zoé Zofia Zohra Zoltan Zora
""".split()
)
